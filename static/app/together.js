// Several people at one draft: who else is here, and the drawing as they left it. What is typed stays (panel.js).
(() => {
  const EVERY = 5000;
  const byId = (id) => document.getElementById(id);
  const designer = document.querySelector("[data-designer]"), here = designer.dataset.designer;
  const revision = (id) => Number(byId(id).dataset.revision);

  // Nothing is taken from under somebody's hands: a request that is under way, a drag, a word that is being composed.
  let sending = 0, pressed = false, composing = false;
  document.addEventListener("htmx:beforeRequest", () => { sending += 1; });
  document.addEventListener("htmx:afterRequest", () => { sending -= 1; });
  document.addEventListener("pointerdown", () => { pressed = true; });
  for (const end of ["pointerup", "pointercancel", "dragend"]) document.addEventListener(end, () => { pressed = false; });
  document.addEventListener("compositionstart", () => { composing = true; });
  document.addEventListener("compositionend", () => { composing = false; });
  const busy = () => sending || pressed || composing;

  function end(why) {
    clearInterval(asking);
    const told = document.createElement("p");
    told.className = "designer__refused";
    told.textContent = designer.dataset[why];
    byId("announcement").replaceChildren(told);
    byId("said").textContent = told.textContent;
  }
  async function look() {
    if (document.hidden || busy()) return;
    const answer = await fetch(`${here}/others`).catch(() => null);
    if (!answer) return;
    const why = answer.redirected ? "ended" : { 403: "forbidden", 404: "gone" }[answer.status];
    if (why) { end(why); return; }
    const text = answer.ok && await answer.text();
    if (!text || busy()) return;
    htmx.swap("#others", text, { swapStyle: "outerHTML" });
    if (revision("others") <= revision("bar")) return;
    const place = new URLSearchParams(location.search), stage = byId("stage");
    place.set("since", revision("bar"));
    htmx.ajax("GET", `${here}/news?${place}`, { source: stage, target: stage, swap: "outerHTML" });
  }
  const asking = setInterval(look, EVERY);
  document.addEventListener("visibilitychange", look);
})();
