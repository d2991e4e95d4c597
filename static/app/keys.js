// The keyboard of the designer: all that the mouse can do on the stage. Single keys count only while the stage has the focus.
(() => {
  const byId = (id) => document.getElementById(id);
  const stage = () => byId("stage");
  const press = (key) => document.querySelector(`[data-key="${key}"]:not(:disabled)`)?.click();
  const cardOf = (target) => target.closest("#stage a.flow-card:not(.is-closed)");
  const stepOf = (card) => card.id.slice(2);
  const selected = (card) => byId("step-name")?.form.elements.step.value === stepOf(card);

  function send(values) {
    const { post, revision } = stage().dataset;
    htmx.ajax("POST", post, { source: stage(), target: stage(), swap: "outerHTML", values: { revision, ...values } });
  }

  // What comes after a panel was loaded: the focus on one of its parts, or something done with it.
  let then = null;
  function open(card, act) {
    if (selected(card)) { act(); return; }
    then = act;
    card.click();
  }
  document.addEventListener("htmx:afterSettle", ({ target, detail }) => {
    if (target.id !== "panel" || detail.target?.id !== "panel") return;  // an edit brings a panel along
    const act = then;
    then = null;
    act?.();
  });
  const enter = () => (byId("palette-search") ?? byId("panel-title"))?.focus();
  document.addEventListener("click", (event) => {
    if (event.detail === 0 && !then && event.target.closest("#stage a[href^='?']:not([hx-get])")) then = enter;
  }, true);

  // The way out of a card on which something is added: the one that has the focus, or its first.
  const edges = () => [...stage().querySelectorAll(".flow-plus, a.flow-chip.is-open")];
  const place = (edge) => new URLSearchParams(edge.search).get("add");
  const edgeOf = (target) => {
    const edge = target.closest(".flow-plus, a.flow-chip.is-open"), card = cardOf(target);
    return edge ?? (card && edges().find((one) => place(one).startsWith(`${stepOf(card)}:`)));
  };

  // Where a way out leads is picked among the cards: of the chip or "+" that has the focus, or the card's first.
  const aiming = () => stage()?.classList.contains("stage--aim");
  function aim(target) {
    const chip = target.closest(".flow-chip"), edge = edgeOf(target), at = chip?.dataset.from ?? (edge && place(edge));
    if (!at) return;
    const goal = new URLSearchParams(location.search);
    for (const name of ["add", "step"]) goal.delete(name);
    goal.set("retarget", at);
    htmx.ajax("GET", `?${goal}`, { source: stage(), target: stage(), swap: "outerHTML", push: "true" });
  }

  document.addEventListener("htmx:load", ({ detail: { elt } }) => {
    if (elt.id === "stage" && aiming()) (elt.querySelector("li:has([aria-current]) ~ li button") ?? elt.querySelector(".flow button"))?.focus();
  });

  // Along the flow in reading order; a step's own ways out are no place for it.
  function move(card, down) {
    const step = stepOf(card), after = (one) => card.compareDocumentPosition(one) & Node.DOCUMENT_POSITION_FOLLOWING;
    const others = edges().filter((one) => one.matches(".flow-plus") && !place(one).startsWith(`${step}:`));
    const goal = down ? others.find(after) : others.filter((one) => !after(one)).at(-2);
    if (goal) send({ edit: "move", step, at: place(goal) });
  }

  // Said when the browser has it, so that what is pasted next is this; without https a browser offers no clipboard to scripts.
  async function copy(branch, after) {
    const text = (branch && byId("copied-branch") || byId("copied"))?.value, name = byId("step-name").value;
    if (!text) return;
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      say("The browser did not allow copying. The text is in the panel, under Copy.");
      return;
    }
    say(`${name} copied.`);
    after?.();
  }
  const say = (words) => { byId("said").textContent = words; };
  document.addEventListener("paste", (event) => {
    const edge = event.target.closest?.("#stage") && edgeOf(event.target), text = event.clipboardData.getData("text");
    if (!edge || !text.includes("signoff/fragment")) return;
    event.preventDefault();
    send({ edit: "paste", at: place(edge), fragment: text });
  });

  function find() {
    const list = byId("find-list");
    const within = [...stage().querySelectorAll("[data-within] li")].map((item) => item.cloneNode(true));
    list.replaceChildren(...[...stage().querySelectorAll("a.flow-card:not(.is-closed)")].map((card) => {
      const item = document.createElement("li"), link = document.createElement("a");
      link.href = `#${card.id}`;
      link.textContent = card.querySelector("b").textContent;
      item.append(link);
      return item;
    }), ...within);
    byId("find").showModal();
    byId("find-step").value = "";
    byId("find-step").focus();
  }
  document.addEventListener("click", (event) => {
    const link = event.target.closest("#find-list a");
    if (!link?.hash) return;  // the address of a step in a closed branch is gone to
    event.preventDefault();
    byId("find").close();
    byId(link.hash.slice(1))?.focus();
  });

  // The branch in which a card or "+" stands, or the way out of a chip, goes one place aside; the focus goes with it.
  let moved = null;
  function shift(target, by) {
    const branch = target.closest(".flow-plus") ?? target.closest(".flow-branch")?.querySelector(":scope > .flow-plus"), card = cardOf(target);
    const at = target.closest(".flow-chip")?.dataset.from ?? (branch && place(branch));
    if (!at) return;
    const [step, outcome] = at.split(":");
    moved = card ? `#${CSS.escape(card.id)}` : target.matches(".flow-chip") ? `[data-from="${CSS.escape(at)}"]` : `.flow-plus[href="${CSS.escape(branch.getAttribute("href"))}"]`;
    send({ edit: "shift", step, outcome, by });
  }
  document.addEventListener("focus-on", () => {
    if (moved) document.querySelector(moved)?.focus();
    moved = null;
  });

  // A list under a search field: Enter takes the first that is left, the arrows go through them.
  function choose(event) {
    const field = event.target.closest("[data-filter]"), list = event.target.closest(".palette, #find-list, [data-filter]");
    if (!list) return false;
    const items = document.querySelectorAll(field ? field.dataset.filter : list.id === "find-list" ? "#find-list li" : ".palette__kind");
    const shown = [...items].filter((item) => !item.hidden).map((item) => item.querySelector("a, button"));
    const here = shown.indexOf(event.target), step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === "Enter" && field) shown[0]?.click();
    else if (step) shown[Math.max(0, here + step)]?.focus();
    else return false;
    return true;
  }

  function ofCard(event, card) {
    const { key, altKey } = event;
    if (altKey) return { ArrowDown: () => move(card, true), ArrowUp: () => move(card, false) }[key];
    return {
      F2: () => open(card, () => byId("step-name").select()),
      Delete: () => (selected(card) ? press("delete") : send({ edit: "delete", step: stepOf(card) })),
    }[key];
  }
  function withControl(event, card) {
    const letter = event.key.toLowerCase(), branch = event.shiftKey;
    return {
      z: () => press(event.shiftKey ? "redo" : "undo"),
      y: () => press("redo"),
      c: card && (() => open(card, () => copy(branch))),
      x: card && (() => open(card, () => copy(branch, () => press("delete")))),
    }[letter];
  }

  document.addEventListener("keydown", (event) => {
    const { key, target } = event;
    if (!document.querySelector("[data-designer]") || !stage()) return;
    if (choose(event)) { event.preventDefault(); return; }
    if (key === "Escape" && aiming()) { press("leave"); return; }
    if (key === "Escape" && target.closest("#panel")) { (stage().querySelector("[aria-current]") ?? stage().querySelector("a.flow-card"))?.focus(); return; }
    if (document.querySelector("dialog[open]") || target.closest("input, textarea, select, [contenteditable]")) return;
    const card = cardOf(target), inside = target.closest("#stage");
    const does = event.ctrlKey || event.metaKey
      ? withControl(event, card)
      : (inside && event.altKey && { ArrowLeft: () => shift(target, -1), ArrowRight: () => shift(target, 1) }[key]) || (card && ofCard(event, card)) || (inside && { Insert: () => edgeOf(target)?.click(), l: () => aim(target), "/": find, "?": () => byId("keys")?.showModal() }[key]);
    if (!does) return;
    event.preventDefault();
    does();
  });

  // Screen readers hear what was done from a region that stays while all else is swapped.
  document.addEventListener("htmx:oobAfterSwap", () => say(byId("announcement")?.textContent.trim().replace(/\s+/g, " ") ?? ""));
})();
