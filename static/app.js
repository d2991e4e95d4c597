// What pages gain with scripts. Without them everything still works, by links and forms.
const all = (selector, root = document) => root.querySelectorAll(selector);
const minute = 60, hour = 60 * minute, day = 24 * hour;

// Theme: kept in a cookie, so that the server sends the right one.
function chooseTheme(choice) {
  document.cookie = `theme=${choice}; path=/; max-age=${choice ? 365 * day : 0}; samesite=lax`;
  if (choice) document.documentElement.dataset.theme = choice;
  else delete document.documentElement.dataset.theme;
  for (const button of all("[data-theme-choice]")) button.ariaPressed = String(button.dataset.themeChoice === choice);
}

// Moments: the countdown as app/telling/when.py says it, the exact time in the reader's own zone.
function left(seconds) {
  const units = [[Math.floor(seconds / day), "d"], [Math.floor((seconds % day) / hour), "h"], [Math.floor((seconds % hour) / minute), "min"]];
  const first = units.findIndex(([many]) => many);
  if (first < 0) return "under 1 min";
  return units.slice(first, first + 2).filter(([many]) => many).map(([many, unit]) => `${many} ${unit}`).join(" ");
}
function tick() {
  for (const shown of all("[data-countdown]")) {
    const seconds = (Date.parse(shown.dataset.countdown) - Date.now()) / 1000;
    const text = `${left(Math.abs(seconds))} ${seconds > 0 ? "left" : "overdue"}`;
    if (shown.textContent !== text) shown.textContent = text;
    const mark = seconds <= 0 ? "late" : seconds < day ? "soon" : "calm";
    if (shown.parentElement.classList.contains("countdown")) shown.parentElement.className = `countdown countdown--${mark}`;
  }
}
// The browser's own zone, for the page of a first log-in to suggest it.
document.cookie = `zone=${Intl.DateTimeFormat().resolvedOptions().timeZone ?? ""}; path=/; max-age=${365 * day}; samesite=lax`;
const exact = new Intl.DateTimeFormat("en-GB", { dateStyle: "full", timeStyle: "short" });
function prepare(root) {
  for (const time of all("time[title]", root)) time.title = exact.format(new Date(time.dateTime));
  for (const toast of all(".toast.tone-success", root)) setTimeout(() => toast.matches(":hover, :focus-within") || toast.remove(), 8000);
  for (const button of all("[data-action=update]", root)) button.hidden = true;
  tick();
}

// The fields of a form as they are posted: [name and number among its like, field].
function* numbered(form) {
  const seen = {};
  for (const field of form.elements) {
    if (!field.name || /^(submit|button|file)$/.test(field.type)) continue;
    const key = isTick(field) ? `${field.name}=${field.value}` : field.name;
    seen[key] = (seen[key] ?? -1) + 1;
    if (field.type !== "hidden") yield [`${key}#${seen[key]}`, field];
  }
}
const isTick = (field) => /^(checkbox|radio)$/.test(field.type);
const keyOf = (field) => [...numbered(field.form)].find(([, one]) => one === field)?.[0];
const state = (field) => isTick(field) ? String(field.checked) : field.value;
function fillIn(form, typed) {
  for (const [key, field] of numbered(form)) {
    if (!typed.has(key)) continue;
    if (isTick(field)) field.checked = typed.get(key) === "true";
    else field.value = typed.get(key);
  }
}

// What a form asks for may depend on an answer: its fields come anew from the server, with what was typed.
// What is typed while they are on their way is not in them, so it is kept here, by form, and filled in again.
const meanwhile = new WeakMap();
async function renew(form, id) {
  const typed = { values: new Map(), again: false };
  meanwhile.set(form, typed);
  const select = `[id="${id}"]`, target = document.getElementById(id);
  const asked = htmx.ajax("POST", form.action, { source: form, target, select, swap: "outerHTML", values: { _do: "update" } });
  await asked.catch(() => {});  // the notice of htmx:sendError tells it
  meanwhile.delete(form);
  if (typed.again && form.isConnected) renew(form, id);
}
document.addEventListener("input", ({ target }) => {
  const key = meanwhile.has(target.form) && keyOf(target);
  if (key) meanwhile.get(target.form).values.set(key, state(target));
});
document.addEventListener("htmx:afterSwap", ({ target }) => {
  const form = target.closest?.("form");
  if (meanwhile.has(form)) fillIn(form, meanwhile.get(form).values);
});
document.addEventListener("change", ({ target }) => {
  const fields = target.closest("[data-decides]") && target.closest(".form__fields[id]");
  if (!fields || !target.form) return;
  if (meanwhile.has(target.form)) meanwhile.get(target.form).again = true;
  else renew(target.form, fields.id);
});

// Dialogs and menus.
function openDialog(event, link) {
  const dialog = document.querySelector(link.getAttribute("href"));
  if (!dialog?.showModal) return;
  event.preventDefault();
  dialog.showModal();
}
// A popover lets Tab out to the greyed page behind it; a modal dialog does not.
function asModal(event, button) {
  const dialog = document.getElementById(button.getAttribute("popovertarget"));
  if (!dialog?.showModal) return;
  event.preventDefault();
  if (dialog.open) { dialog.close(); return; }
  dialog.removeAttribute("popover");
  dialog.showModal();
}
function closeMenus(except) {
  for (const menu of all("details.menu[open]")) if (!menu.contains(except)) menu.open = false;
}
// Also over plain http, where a browser has no clipboard to offer.
function copy(button) {
  getSelection().selectAllChildren(document.getElementById(button.dataset.copies));
  if (document.execCommand("copy")) button.querySelector("span").textContent = "Copied";
}
async function confirmed(button) {
  const dialog = document.getElementById("confirm");
  dialog.querySelector("[data-confirm-text]").textContent = button.dataset.confirm;
  dialog.querySelector("[data-confirm-label]").textContent = button.dataset.confirmLabel || button.textContent.trim();
  dialog.returnValue = "";
  dialog.showModal();
  await new Promise((done) => dialog.addEventListener("close", done, { once: true }));
  return dialog.returnValue === "yes";
}

document.addEventListener("click", (event) => {
  const at = (selector) => event.target.closest(selector);
  closeMenus(event.target);
  if (at("[data-theme-choice]")) chooseTheme(at("[data-theme-choice]").dataset.themeChoice);
  if (at("[data-dismiss]")) at(".toast").remove();
  if (at("[data-print]")) print();
  if (at("[data-copies]")) copy(at("[data-copies]"));
  if (at("[data-dialog]")) openDialog(event, at("[data-dialog]"));
  if (at("button[popovertarget]")) asModal(event, at("button[popovertarget]"));
  if (at("[data-close]") && at("dialog[open]")) { event.preventDefault(); at("dialog").close(); }
});
document.addEventListener("keydown", (event) => {
  const menu = event.key === "Escape" && event.target.closest?.("details.menu[open]");
  if (menu) { menu.open = false; menu.querySelector("summary").focus(); }
});

// Forms: ask before what can't be undone, and send once. Before HTMX sees the event, hence the capture.
document.addEventListener("submit", async (event) => {
  const { target: form, submitter } = event;
  if (form.ariaBusy === "true") { event.preventDefault(); event.stopImmediatePropagation(); return; }
  if (!submitter?.dataset.confirm || form.dataset.confirmed) {
    delete form.dataset.confirmed;
    if (form.method === "post") { form.ariaBusy = "true"; setTimeout(() => { form.ariaBusy = "false"; }, 8000); }
    return;
  }
  event.preventDefault();
  event.stopImmediatePropagation();
  if (await confirmed(submitter)) { form.dataset.confirmed = "yes"; form.requestSubmit(submitter); }
}, true);
document.addEventListener("change", (event) => {
  const { files, dataset } = event.target;
  if (!files || !dataset.maxBytes) return;
  const large = [...files].find((file) => file.size > Number(dataset.maxBytes));
  event.target.setCustomValidity(large ? `${large.name} is larger than ${Math.floor(dataset.maxBytes / 1048576)} MB.` : "");
  event.target.reportValidity();
});

document.addEventListener("htmx:load", (event) => prepare(event.target));
document.addEventListener("htmx:afterRequest", (event) => { event.target.closest("form")?.setAttribute("aria-busy", "false"); });
document.addEventListener("htmx:sendError", () => document.getElementById("notices")?.append(document.getElementById("notice").content.cloneNode(true)));
window.addEventListener("pageshow", () => { for (const form of all("form[aria-busy]")) form.ariaBusy = "false"; });
prepare(document);
document.querySelector("form[data-continue]")?.requestSubmit(document.querySelector("form[data-continue] button"));
// After Back a browser fills in what differed from the page it had: so the token that counts once comes back as it was.
for (const once of all("input[name=_once]")) if (once.value === once.defaultValue) once.value += "_";
setInterval(tick, 15000);
