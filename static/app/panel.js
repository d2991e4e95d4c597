// The panel of a step: what is typed in it outlives every answer and every refresh; fields are inserted into texts.
(() => {
  // By form: what was typed and is not saved, as [field, { now, was }]; was: what the server said when it was typed.
  const typed = new Map();
  // By form: it has rows that were added or taken away, or was refused, and so is kept as a whole until it is saved.
  const shaped = new Map();
  const ticked = (field) => /^(checkbox|radio)$/.test(field.type);
  const state = (field) => ticked(field) ? String(field.checked) : field.value;
  const stored = (field) => ticked(field) ? String(field.defaultChecked)
    : field.options ? ([...field.options].find((one) => one.defaultSelected) ?? field.options[0])?.value : field.defaultValue;
  const forms = () => document.querySelectorAll("#panel form[method=post]");
  const isSettings = (form) => form.action.includes("/settings");
  // Every edit of a step is posted to one address: its hidden fields tell the forms apart.
  const nameOf = (form) => [form.action, ...[...form.elements].filter(({ type, name }) => type === "hidden" && !/^(revision|_.*)$/.test(name) && !isSettings(form)).map(({ value }) => value)].join(" ");

  function* numbered(form) {
    const seen = {};
    for (const field of form.elements) {
      if (!field.name || field.readOnly || "send" in field.dataset || /^(hidden|submit|button|file)$/.test(field.type)) continue;
      const key = ticked(field) ? `${field.name}=${field.value}` : field.name;
      seen[key] = (seen[key] ?? -1) + 1;
      yield [`${key}#${seen[key]}`, field];
    }
  }
  function mark(form) {
    const note = form.querySelector("[data-unsaved]"), name = nameOf(form);
    if (note) note.hidden = !typed.has(name) && !shaped.has(name);
  }
  document.addEventListener("input", ({ target }) => {
    const form = target.form?.closest("#panel form[method=post]"), found = form && [...numbered(form)].find(([, one]) => one === target);
    if (!found) return;
    const name = nameOf(form), kept = typed.get(name) ?? new Map();
    typed.set(name, kept.set(found[0], { now: state(target), was: kept.get(found[0])?.was ?? stored(target) }));
    mark(form);
  });

  // What is sent is the server's to show again; what is typed after that, or was never taken, is ours.
  const sent = new WeakMap();
  let typing = false;
  document.addEventListener("htmx:beforeRequest", ({ detail }) => {
    if (detail.target?.id !== "stage") return;
    typing = false;
    const form = detail.elt.closest("#panel form[method=post]"), name = form && nameOf(form);
    if (!form) return;
    sent.set(detail.xhr, { name, typed: typed.get(name), whole: shaped.get(name), action: detail.requestConfig.formData.get("_do") ?? "submit" });
    typed.delete(name);
    shaped.delete(name);
  });
  for (const kind of ["pointerdown", "keydown", "input"]) {
    document.addEventListener(kind, ({ target }) => { typing ||= Boolean(target.closest?.("#panel form")); });
  }
  document.addEventListener("htmx:afterRequest", ({ detail }) => {
    const was = sent.get(detail.xhr), own = detail.target?.closest?.("#panel form");
    if (own && detail.requestConfig?.formData.get("_do") === "update") { shaped.set(nameOf(own), own); mark(own); }
    if (!was) return;
    const { status } = detail.xhr, refused = status === 409 || status === 422;
    const form = [...forms()].find((one) => nameOf(one) === was.name);
    if (form && isSettings(form) && (refused || (status < 400 && was.action !== "submit"))) shaped.set(was.name, form);
    else if (status === 0 || status >= 400) {
      if (was.typed) typed.set(was.name, new Map([...was.typed, ...typed.get(was.name) ?? []]));
      if (was.whole) shaped.set(was.name, was.whole);
      restore();
    }
    if (form) mark(form);
  });

  // Somebody else gave the same field another value meanwhile: both are to be seen.
  function tell(field, { now, was }) {
    const there = stored(field);
    if (there === was || there === now || ticked(field) || field.options || field.nextElementSibling?.matches("[data-meanwhile]")) return;
    const note = document.createElement("p");
    note.className = "field__help";
    note.dataset.meanwhile = "";
    note.textContent = `Changed meanwhile to “${there}”. Saving puts yours in its place.`;
    field.after(note);
  }
  function restore() {
    for (const form of forms()) {
      const name = nameOf(form), whole = shaped.get(name), kept = typed.get(name);
      if (whole && whole !== form) {
        form.replaceWith(whole);
        htmx.process(whole);
      } else if (kept) {
        for (const [key, field] of numbered(form)) {
          if (!kept.has(key)) continue;
          if (ticked(field)) field.checked = kept.get(key).now === "true";
          else field.value = kept.get(key).now;
          tell(field, kept.get(key));
        }
      }
      mark(document.contains(form) ? form : whole);
    }
  }
  // Where the cursor was, among the fields that took the place of those that are gone.
  let cursor = null;
  document.addEventListener("htmx:beforeSwap", () => {
    const field = document.activeElement, form = field?.form?.closest("#panel form");
    cursor = form ? { name: nameOf(form), key: [...numbered(form)].find(([, one]) => one === field)?.[0], from: field.selectionStart, to: field.selectionEnd } : null;
  });
  function back() {
    const form = cursor?.key && [...forms()].find((one) => nameOf(one) === cursor.name);
    const field = form && [...numbered(form)].find(([key]) => key === cursor.key)?.[1];
    if (!field) return;
    field.focus({ preventScroll: true });
    if (Number.isInteger(cursor.from) && field.selectionStart !== null) field.setSelectionRange(cursor.from, cursor.to);
  }
  document.addEventListener("htmx:oobAfterSwap", ({ detail }) => {
    if (detail.target?.id !== "panel") return;
    restore();
    back();
  });
  document.addEventListener("htmx:afterSettle", ({ target }) => { if (target.id === "panel") restore(); });
  // Whoever typed on while the answer was on its way goes on typing there, and not on a card.
  document.addEventListener("focus-on", (event) => { if (typing && document.activeElement?.closest("#panel form")) event.stopPropagation(); }, true);

  // A field is inserted where the cursor last was, among the texts of the same call or message.
  let last = null;
  const takes = "textarea, input[type=text]";
  document.addEventListener("focusin", ({ target }) => { if (target.matches(takes) && target.closest("[data-template]")) last = target; });
  document.addEventListener("click", ({ target }) => {
    const button = target.closest("[data-insert]"), around = button?.closest("[data-template]");
    if (!button) return;
    const into = last && around.contains(last) ? last : around.querySelector(takes);
    into.setRangeText(button.dataset.insert, into.selectionStart, into.selectionEnd, "end");
    into.focus();
    into.dispatchEvent(new Event("input", { bubbles: true }));
  });
})();
