// The form builder: keys, and fields dragged. Everything is a link or a button without it, too.
(() => {
  const byId = (id) => document.getElementById(id);
  const typing = (target) => target.closest("input, textarea, select, [contenteditable]");
  const press = (key) => document.querySelector(`[data-key="${key}"]:not(:disabled)`)?.click();

  document.addEventListener("keydown", (event) => {
    const { key, target } = event, letter = key.toLowerCase(), meta = event.ctrlKey || event.metaKey;
    if (!byId("builder") || document.querySelector("dialog[open]") || typing(target)) return;
    const frame = target.closest(".frame");
    const move = (way) => frame?.querySelector(`:scope > .frame__head [data-move="${way}"]`)?.requestSubmit();
    const go = (step) => {
      const names = [...document.querySelectorAll(".frame__name")];
      names[names.indexOf(target.closest(".frame__name")) + step]?.focus();
    };
    const does = meta ? { z: () => press(event.shiftKey ? "redo" : "undo"), y: () => press("redo") }[letter]
      : event.altKey ? { arrowup: () => move("up"), arrowdown: () => move("down") }[letter]
      : target.closest(".frame__name") && { arrowup: () => go(-1), arrowdown: () => go(1), delete: () => press("delete") }[letter];
    if (!does) return;
    event.preventDefault();
    does();
  });
  document.addEventListener("change", ({ target }) => { if ("send" in target.dataset) target.form.requestSubmit(); });

  // A field or a kind of field is dropped on a "+".
  let dragged = null;
  const over = (plus) => {
    for (const one of document.querySelectorAll(".frames__plus--over")) one.classList.remove("frames__plus--over");
    plus?.classList.add("frames__plus--over");
  };
  const under = (event) => dragged && event.target.closest?.(".frames__plus, .frame")?.closest(".frames") && nearest(event);
  function nearest(event) {
    const there = [...document.querySelectorAll(".frames__plus")].filter((plus) => !dragged.contains(plus));
    const away = (plus) => { const box = plus.getBoundingClientRect(); return Math.abs(event.clientY - (box.top + box.bottom) / 2); };
    return there.reduce((best, plus) => (!best || away(plus) < away(best) ? plus : best), null);
  }
  document.addEventListener("dragstart", (event) => {
    dragged = event.target.closest?.(".frame[data-frame], [data-kind]") ?? null;
    if (!dragged) return;
    event.dataTransfer.setData("text/plain", dragged.dataset.frame ?? dragged.dataset.kind);
    dragged.classList.add("frame--dragged");
  });
  document.addEventListener("dragover", (event) => {
    const plus = under(event);
    if (!plus) return;
    event.preventDefault();
    over(plus);
  });
  document.addEventListener("drop", (event) => {
    const plus = under(event), form = byId("drop");
    if (!plus || !form) return;
    event.preventDefault();
    const { frame, kind } = dragged.dataset, set = (name, value) => { form.elements[name].value = value ?? ""; form.elements[name].disabled = value === undefined; };
    set("edit", frame ? "form.move" : "form.add");
    set("into", plus.dataset.into);
    set("after", plus.dataset.after);
    set("place", frame);
    set("kind", frame ? undefined : kind);
    form.requestSubmit();
  });
  document.addEventListener("dragend", () => { over(null); dragged?.classList.remove("frame--dragged"); dragged = null; });

  // After a change: on the label of a new field, or on the frame of what was changed.
  document.addEventListener("focus-field", ({ detail }) => {
    const name = byId(`frame-${detail.value}`);
    (name ?? byId("builder")?.querySelector(".kinds__kind"))?.focus();
    name?.scrollIntoView({ block: "nearest" });
  });
})();
