// The stage of a drawing: zoom and pan, keys along the flow, lines of chips, dragging. Without it all of that is links and scrolling.
const calm = matchMedia("(prefers-reduced-motion: reduce)");
const LEAST = 0.02, MOST = 2, NEAR = 70, FAR = 6, WAY = 200, THIN = 40;
// Cards that lead somewhere, or are picked as what a way out leads to.
const CHOSEN = "a.flow-card, button.flow-card";
let opened = false;
const SEEN = `stage ${location.pathname}`;
const number = (element, name) => Number(element.dataset[name]);
const clamp = (zoom) => Math.min(MOST, Math.max(LEAST, zoom));
const part = (stage, name) => stage.querySelector(`.stage__${name}`);
// The way out that a "+" stands on.
const edgeOf = (plus) => new URLSearchParams(plus.search).get("add");
const drawn = (stage) => getComputedStyle(part(stage, "lines")).display !== "none";

// Browsers that cannot read lengths from attributes.
function place(stage) {
  if (CSS.supports("left", "attr(data-x px)")) return;
  stage.style.setProperty("--w", `${stage.dataset.w}px`);
  stage.style.setProperty("--h", `${stage.dataset.h}px`);
  for (const one of stage.querySelectorAll("[data-x]")) {
    one.style.left = `${one.dataset.x}px`;
    one.style.top = `${one.dataset.y}px`;
    if (one.dataset.h) one.style.height = `${one.dataset.h}px`;
    if (one.dataset.w) one.style.maxWidth = `${one.dataset.w}px`;
  }
}

// Zoom: a number on the room; pan is scrolling. Both are kept while the stage is swapped, and until the tab is closed.
function zoomOf(stage) {
  return part(stage, "canvas").getBoundingClientRect().width / number(stage, "w") || 1;
}
function show(stage, zoom) {
  part(stage, "zoom").value = `${Math.round(zoom * 100)} %`;
  drawMap(stage);
}
function zoomTo(stage, wanted, at) {
  const view = part(stage, "view"), room = part(stage, "room"), zoom = clamp(wanted), box = room.getBoundingClientRect();
  const point = at ?? { clientX: view.getBoundingClientRect().left + view.clientWidth / 2, clientY: view.getBoundingClientRect().top + view.clientHeight / 2 };
  const before = zoomOf(stage), x = (point.clientX - box.left) / before, y = (point.clientY - box.top) / before;
  room.style.setProperty("--zoom", zoom);
  const now = room.getBoundingClientRect();
  view.scrollBy(now.left + x * zoom - point.clientX, now.top + y * zoom - point.clientY);
  show(stage, zoom);
  keep(stage);
}
function fit(stage) {
  const view = part(stage, "view");
  zoomTo(stage, Math.min(1, view.clientWidth / number(stage, "w"), view.clientHeight / number(stage, "h")));
}
// Two fingers zoom around their middle; one scrolls.
let pinch = null;
function onTouch(stage, event) {
  if (event.touches.length !== 2) { pinch = null; return; }
  const [one, other] = event.touches, far = Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY);
  pinch ??= { zoom: zoomOf(stage), far };
  event.preventDefault();
  zoomTo(stage, pinch.zoom * far / pinch.far, { clientX: (one.clientX + other.clientX) / 2, clientY: (one.clientY + other.clientY) / 2 });
}
function keep(stage) {
  const view = part(stage, "view"), zoom = part(stage, "room").style.getPropertyValue("--zoom");
  try { sessionStorage.setItem(SEEN, JSON.stringify({ zoom, left: view.scrollLeft, top: view.scrollTop })); } catch { return; }
}
function restore(stage) {
  const kept = seen(), view = part(stage, "view"), chosen = stage.querySelector(".flow-card[aria-current]");
  if (kept?.zoom) part(stage, "room").style.setProperty("--zoom", kept.zoom);
  if (kept) view.scrollTo(kept.left, kept.top);
  else view.scrollLeft = Math.max(0, (number(stage.querySelector(".flow-card") ?? stage, "x") || 0) * zoomOf(stage) - view.clientWidth / 2 + 128 * zoomOf(stage));
  if (chosen && !opened) reveal(view, chosen);
  opened = true;
}
function seen() {
  try { return JSON.parse(sessionStorage.getItem(SEEN)); } catch { return null; }
}
// Brings a card into the window of the drawing, which the page itself does not follow.
function reveal(view, card) {
  const box = card.getBoundingClientRect(), room = view.getBoundingClientRect();
  if (box.bottom > room.bottom || box.top < room.top) view.scrollBy(0, box.top - room.top - Math.max(24, (room.height - box.height) / 2));
  if (box.right > room.right || box.left < room.left) view.scrollBy(box.left - room.left - Math.max(24, (room.width - box.width) / 2), 0);
}

// The minimap: the same boxes, small, with a frame around what is seen; only where not everything is.
function drawMap(stage) {
  const view = part(stage, "view"), wide = number(stage, "w"), high = number(stage, "h"), scale = Math.min(WAY / wide, WAY / high);
  const large = drawn(stage) && view.scrollWidth * view.scrollHeight > 4 * view.clientWidth * view.clientHeight;
  let map = stage.querySelector(".stage__map");
  if (!large) { map?.remove(); return; }
  if (!map) {
    map = document.createElement("canvas");
    map.className = "stage__map";
    map.ariaHidden = "true";
    stage.append(map);
  }
  // What is very long or very wide is not drawn to scale: a strip would be too thin to point at.
  const zoom = zoomOf(stage), sharp = devicePixelRatio, across = Math.max(scale, THIN / wide), down = Math.max(scale, THIN / high);
  const style = getComputedStyle(map), paper = map.getContext("2d");
  map.width = wide * across * sharp;
  map.height = high * down * sharp;
  map.style.width = `${map.width / sharp}px`;
  paper.scale(across * sharp, down * sharp);
  paper.fillStyle = style.color;
  for (const card of stage.querySelectorAll(".flow-card")) paper.fillRect(number(card, "x"), number(card, "y"), 256, number(card, "h"));
  paper.resetTransform();
  paper.scale(sharp, sharp);
  paper.lineWidth = 1.5;
  paper.strokeStyle = style.caretColor;
  const frame = [view.scrollLeft * across, view.scrollTop * down, view.clientWidth * across, view.clientHeight * down];
  paper.strokeRect(...frame.map((length) => length / zoom));
}
function goOnMap(stage, map, event) {
  const box = map.getBoundingClientRect(), view = part(stage, "view"), zoom = zoomOf(stage);
  const x = (event.clientX - box.left) / box.width * number(stage, "w"), y = (event.clientY - box.top) / box.height * number(stage, "h");
  view.scrollTo(x * zoom - view.clientWidth / 2, y * zoom - view.clientHeight / 2);
}

// A chip draws its line and marks its target.
function hint(stage, chip) {
  for (const old of stage.querySelectorAll(".is-target, .stage__hint")) old.classList.contains("stage__hint") ? old.remove() : old.classList.remove("is-target");
  const target = chip && document.getElementById(`s-${chip.dataset.to}`);
  if (!target || !drawn(stage)) return;
  target.classList.add("is-target");
  const line = document.createElementNS("http://www.w3.org/2000/svg", "path");
  const x = number(chip, "x") + chip.offsetWidth, y = number(chip, "y"), right = number(target, "x") + 256, top = number(target, "y") + 26;
  const out = Math.max(x, right) + 48;
  line.setAttribute("class", "stage__hint");
  line.setAttribute("d", `M${x} ${y}C${out} ${y} ${out} ${top} ${right + 7} ${top}m6 -6l-6 6l6 6`);
  part(stage, "lines").append(line);
}

// Arrow keys along the flow: up and down in reading order, aside to the nearest card.
function neighbour(stage, card, name) {
  const cards = [...stage.querySelectorAll(CHOSEN)], here = cards.indexOf(card);
  if (name === "ArrowDown") return cards[here + 1];
  if (name === "ArrowUp") return cards[here - 1];
  if (name === "Home") return cards[0];
  if (name === "End") return cards.at(-1);
  const side = name === "ArrowRight" ? 1 : -1;
  const beside = cards.filter((one) => side * (number(one, "x") - number(card, "x")) > 0);
  const away = (one) => Math.abs(number(one, "y") - number(card, "y")) * 2 + Math.abs(number(one, "x") - number(card, "x"));
  return beside.sort((one, other) => away(one) - away(other))[0];
}
function onKey(event) {
  const stage = event.target.closest(".stage"), card = event.target.closest(CHOSEN);
  if (!stage || event.ctrlKey || event.metaKey || event.altKey) return;
  const zooms = { "+": 1.2, "=": 1.2, "-": 1 / 1.2 };
  if (zooms[event.key]) zoomTo(stage, zoomOf(stage) * zooms[event.key]);
  else if (event.key === "0") fit(stage);
  else if (card && /^(Arrow|Home|End)/.test(event.key)) neighbour(stage, card, event.key)?.focus();
  else return;
  event.preventDefault();
}

// Dragging: the empty canvas pans; a card goes to a "+", a chip to a card.
let drag = null;
function begin(event) {
  const stage = event.target.closest(".stage"), map = event.target.closest(".stage__map");
  if (event.button || !stage || !drawn(stage)) return;
  if (map) { goOnMap(stage, map, event); drag = { stage, map }; return; }
  if (!event.target.closest(".stage__view") || event.pointerType === "touch") return;
  const item = event.target.closest(".flow-card, .flow-chip"), editable = item && stage.dataset.post && item.matches("a.flow-chip, .flow-card:not(.is-closed)");
  if (event.target.closest("a, button") && !editable) return;
  const view = part(stage, "view");
  drag = { stage, item: editable ? item : null, x: event.clientX, y: event.clientY, left: view.scrollLeft, top: view.scrollTop, moved: false };
}
function near(stage, item, event) {
  const goals = item.matches(".flow-card") ? ".flow-plus" : ".flow-card:not(.is-closed)";
  const reach = (one) => {
    const box = one.getBoundingClientRect();
    return Math.hypot(Math.max(box.left - event.clientX, 0, event.clientX - box.right), Math.max(box.top - event.clientY, 0, event.clientY - box.bottom));
  };
  const found = [...stage.querySelectorAll(goals)].map((one) => [reach(one), one]).sort((one, other) => one[0] - other[0])[0];
  return found && found[0] < NEAR ? found[1] : null;
}
function lift(state) {
  state.ghost = state.item.cloneNode(true);
  state.ghost.removeAttribute("id");
  state.ghost.classList.add("is-ghost");
  part(state.stage, "canvas").append(state.ghost);
  state.item.classList.add("is-lifted");
  state.stage.classList.add(state.item.matches(".flow-card") ? "is-moving" : "is-aiming");
}
function move(event) {
  if (!drag) return;
  const { stage } = drag;
  if (drag.map) { goOnMap(stage, drag.map, event); return; }
  const dx = event.clientX - drag.x, dy = event.clientY - drag.y;
  if (!drag.moved && Math.hypot(dx, dy) < FAR) return;
  if (!drag.moved && drag.item) lift(drag);
  drag.moved = true;
  if (!drag.item) { part(stage, "view").scrollTo(drag.left - dx, drag.top - dy); stage.classList.add("is-panning"); return; }
  const zoom = zoomOf(stage), view = part(stage, "view");
  const scrolled = { x: view.scrollLeft - drag.left, y: view.scrollTop - drag.top };
  drag.ghost.style.transform = `translate(${(dx + scrolled.x) / zoom}px, ${(dy + scrolled.y) / zoom}px)`;
  const goal = near(stage, drag.item, event);
  if (goal !== drag.goal) { drag.goal?.classList.remove("is-near"); goal?.classList.add("is-near"); drag.goal = goal; }
}
function drop() {
  if (!drag) return;
  const { stage, item, goal, ghost, moved } = drag;
  drag = null;
  stage.classList.remove("is-moving", "is-aiming", "is-panning");
  ghost?.remove();
  item?.classList.remove("is-lifted");
  goal?.classList.remove("is-near");
  if (moved) swallowed = performance.now() + 100;
  if (!moved || !goal) return;
  if (item.matches(".flow-card")) send(stage, { edit: "move", step: item.id.slice(2), at: edgeOf(goal) });
  else {
    const [step, outcome] = item.dataset.from.split(":");
    send(stage, { edit: "retarget", step, outcome, target: goal.id.slice(2) });
  }
}
let swallowed = 0;
function send(stage, values) {
  if (stage.dataset.revision) values.revision = stage.dataset.revision;
  htmx.ajax("POST", stage.dataset.post, { source: stage, target: stage, swap: "outerHTML", values });
}

// A link of a card, chip or "+", or of a sentence, fills the panel; the drawing stays as it is.
function select(event) {
  const stage = event.target.closest(".stage, .policy"), link = event.target.closest("a[href^='?']");
  if (event.timeStamp < swallowed) { event.preventDefault(); return; }
  if (!stage?.dataset.panel || !link || link.matches("[hx-get]") || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  for (const old of stage.querySelectorAll("[aria-current]")) old.removeAttribute("aria-current");
  link.setAttribute("aria-current", "true");
  htmx.ajax("GET", link.getAttribute("href"), { source: document.body, target: stage.dataset.panel, swap: "outerHTML", push: "true" });
}

// After a swap everything glides from where it was.
let places = null;
function remember(event) {
  const stage = document.querySelector(".stage");
  if (!stage) return;
  keep(stage);
  places = calm.matches ? null : new Map([...stage.querySelectorAll(".flow-card")].map((card) => [card.id, [number(card, "x"), number(card, "y")]]));
}
function glide(stage) {
  if (!places) return;
  const duration = 220, easing = "cubic-bezier(0.2, 0, 0, 1)";
  for (const card of stage.querySelectorAll(".flow-card")) {
    const was = places.get(card.id), x = was && was[0] - number(card, "x"), y = was && was[1] - number(card, "y");
    if (!was) card.animate([{ opacity: 0, scale: 0.96 }, {}], { duration, easing });
    else if (x || y) card.animate([{ translate: `${x}px ${y}px` }, {}], { duration, easing });
  }
  part(stage, "lines").animate([{ opacity: 0.2 }, {}], { duration });
  places = null;
}

function prepareStage(stage) {
  if (stage.dataset.ready) return;
  stage.dataset.ready = "yes";
  place(stage);
  if (!drawn(stage)) return;
  restore(stage);
  glide(stage);
  show(stage, zoomOf(stage));
  const view = part(stage, "view");
  view.addEventListener("scroll", () => { keep(stage); drawMap(stage); }, { passive: true });
  view.addEventListener("wheel", (event) => {
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    zoomTo(stage, zoomOf(stage) * Math.exp(-event.deltaY / 200), event);
  }, { passive: false });
  for (const kind of ["touchstart", "touchmove", "touchend"]) view.addEventListener(kind, (event) => onTouch(stage, event), { passive: false });
  new ResizeObserver(() => show(stage, zoomOf(stage))).observe(view);
}
const prepareAll = (root) => { for (const stage of root.querySelectorAll(".stage")) prepareStage(stage); };

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-zoom]"), stage = event.target.closest(".stage");
  if (!button) return;
  const factors = { in: 1.2, out: 1 / 1.2 };
  if (factors[button.dataset.zoom]) zoomTo(stage, zoomOf(stage) * factors[button.dataset.zoom]);
  else fit(stage);
});
document.addEventListener("click", select, true);
document.addEventListener("keydown", onKey);
document.addEventListener("pointerdown", begin);
document.addEventListener("pointermove", move);
document.addEventListener("pointerup", drop);
document.addEventListener("pointercancel", () => { if (drag) drag.goal = null; drop(); });
document.addEventListener("dragstart", (event) => { if (event.target.closest?.(".stage")) event.preventDefault(); });
for (const kind of ["pointerover", "focusin"]) document.addEventListener(kind, (event) => {
  const stage = event.target.closest?.(".stage");
  if (stage && !drag) hint(stage, event.target.closest(".flow-chip[data-to]") ?? stage.querySelector(".flow-chip[data-to][aria-current], .flow-chip[data-to]:focus"));
});
document.addEventListener("htmx:beforeSwap", remember);
document.addEventListener("htmx:load", () => prepareAll(document));
prepareAll(document);
