// What follows an edit: where the focus goes, and what a field sends or narrows. Everything is a link or a button without it, too.
(() => {
  const byId = (id) => document.getElementById(id);

  // The list of step types is narrowed while it is typed; without this the server does it.
  document.addEventListener("input", ({ target }) => {
    if (!target.dataset.filter) return;
    const wanted = target.value.trim().toLowerCase();
    for (const item of document.querySelectorAll(target.dataset.filter)) item.hidden = !item.textContent.toLowerCase().includes(wanted);
  });
  document.addEventListener("change", ({ target }) => { if ("send" in target.dataset) target.form.requestSubmit(); });

  // What is tried follows the slider and what is typed; without this a button asks for it.
  let asking;
  document.addEventListener("input", ({ target }) => {
    const box = target.closest("[data-try]"), label = target.previousElementSibling;
    if (!box) return;
    if (target.type === "range") label.querySelector("input").value = Math.round(target.value);
    const form = target.form, address = form.action.replace("/settings?", "/said?");
    clearTimeout(asking);
    asking = setTimeout(() => htmx.ajax("POST", address, { source: form, target: box.querySelector("[role=status]"), swap: "innerHTML", values: { _do: box.dataset.try } }), 150);
  });
  const slide = () => { for (const slider of document.querySelectorAll("[data-try] [type=range]")) slider.hidden = false; };
  document.addEventListener("htmx:afterSettle", slide);
  slide();

  // Where there is room for one thing only, the chosen one is brought into view.
  document.addEventListener("htmx:afterSettle", ({ target }) => {
    if (target.id === "panel" && matchMedia("(width < 60rem)").matches) target.scrollIntoView();
  });

  // After a swap: on the card that was made or moved, or beside the one that went.
  document.addEventListener("focus-on", ({ detail }) => {
    const card = byId(detail.value) ?? byId("panel-title");
    const place = new URLSearchParams(location.search);
    place.delete("add");
    place.delete("retarget");
    place.set("step", detail.value.replace(/^s-/, ""));
    history.replaceState(null, "", `?${place}`);
    card?.focus();
    card?.scrollIntoView({ block: "nearest", inline: "nearest" });
  });
})();
