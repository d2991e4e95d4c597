// The panel of a step: what is typed in it outlives every refresh of the drawing, and fields are inserted into texts.
(() => {
  // By the address that a form of settings is sent to: what was typed in it and is not saved, as [name, number, value].
  const typed = new Map();
  const settings = "#panel form[action*='/settings']";
  const fieldsOf = (form) => [...form.elements].filter(({ name, type }) => name && !/^(hidden|submit|button|file)$/.test(type));
  const state = (field) => /^(checkbox|radio)$/.test(field.type) ? String(field.checked) : field.value;

  function* numbered(form) {
    const seen = {};
    for (const field of fieldsOf(form)) {
      const key = /^(checkbox|radio)$/.test(field.type) ? `${field.name}=${field.value}` : field.name;
      seen[key] = (seen[key] ?? -1) + 1;
      yield [`${key}#${seen[key]}`, field];
    }
  }
  function mark(form) {
    const note = form.querySelector("[data-unsaved]");
    if (note) note.hidden = !typed.has(form.action);
  }
  document.addEventListener("input", ({ target }) => {
    const form = target.form?.matches(settings) ? target.form : null;
    if (!form) return;
    const field = [...numbered(form)].find(([, one]) => one === target);
    if (!field) return;
    typed.set(form.action, (typed.get(form.action) ?? new Map()).set(field[0], state(target)));
    mark(form);
  });
  // What was sent is the server's to show again.
  document.addEventListener("htmx:beforeRequest", ({ detail }) => {
    if (detail.elt.matches?.(settings)) typed.delete(detail.elt.action);
  });
  function restore() {
    const form = document.querySelector(settings), kept = form && typed.get(form.action);
    if (!kept) return;
    for (const [key, field] of numbered(form)) {
      if (!kept.has(key)) continue;
      if (/^(checkbox|radio)$/.test(field.type)) field.checked = kept.get(key) === "true";
      else field.value = kept.get(key);
    }
    mark(form);
  }
  document.addEventListener("htmx:oobAfterSwap", ({ detail }) => { if (detail.target?.id === "panel") restore(); });
  document.addEventListener("htmx:afterSettle", ({ target }) => { if (target.id === "panel") restore(); });

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
