// Keys of the drawing and of the form builder wait while an answer is on its way, and are pressed again on what came:
// whoever types faster than the network loses nothing, and nothing is done to what is about to be replaced.
(() => {
  const replaced = ["stage", "panel", "builder"], plain = /^(Arrow\w+|Home|End|Delete|Insert|F2|[/?+=0-])$/;
  const underway = new Set(), held = [];

  document.addEventListener("htmx:beforeSend", ({ detail }) => { if (replaced.includes(detail.target.id)) underway.add(detail.xhr); });
  document.addEventListener("htmx:afterRequest", ({ detail }) => {
    underway.delete(detail.xhr);
    while (!underway.size && held.length) held.shift()();
  });
  function hold(event, again) {
    if (!underway.size || !event.isTrusted || event.target.closest("input, textarea, select, [contenteditable], dialog")) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const { id } = event.target;
    if (!event.repeat) held.push(() => ((id && document.getElementById(id)) || document.activeElement).dispatchEvent(again));
  }
  document.addEventListener("keydown", (event) => {
    const { key, target } = event, meta = event.ctrlKey || event.metaKey;
    const ours = meta ? /^[zy]$/i.test(key) || (/^[cx]$/i.test(key) && target.closest("#stage")) : plain.test(key);
    if (ours) hold(event, new KeyboardEvent("keydown", event));
  }, true);
  document.addEventListener("paste", (event) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData("text/plain", event.clipboardData.getData("text/plain"));
    if (event.target.closest?.("#stage")) hold(event, new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
  }, true);
})();
