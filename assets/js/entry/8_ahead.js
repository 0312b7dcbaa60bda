/* Keys that come before the editor of the next cell stands are kept and given to it in order:
 * without this "0.0251", typed quickly after Tab on a slow screen, became 251 (4.2 a). */
(function () {
  "use strict";
  const entry = window.shuangtan.entry;
  const EDITOR = ".ag-cell-editor input, .entry-choice-input";
  const GOING_ON = ["Tab", "Enter", "Backspace"];
  let ahead = [];
  let meantFor = "";

  /* The cell whose editor is open or about to be; "" when there is none. */
  function opening() {
    if (!entry.payload || !entry.api || entry.api.isDestroyed()) return "";
    const [cell] = entry.api.getEditingCells();
    return cell ? `${cell.rowIndex}:${cell.colId}` : "";
  }

  const inCell = (target) => !!(target.closest && target.closest(".ag-cell")) && !target.matches("input");
  const isPlain = (event) =>
    !event.ctrlKey && !event.metaKey && !event.altKey && (event.key.length === 1 || GOING_ON.includes(event.key));

  function keep(keys) {
    const cell = opening();
    // What was kept for a cell that did not open belongs to no other.
    ahead = cell === meantFor ? ahead.concat(keys) : keys;
    meantFor = cell;
  }

  window.addEventListener(
    "keydown",
    (event) => {
      if (!inCell(event.target) || !isPlain(event) || !opening()) return;
      keep([{ key: event.key, shiftKey: event.shiftKey }]);
      event.preventDefault();
      event.stopImmediatePropagation();
    },
    true
  );

  function press(editor, { key, shiftKey }) {
    if (key.length === 1) document.execCommand("insertText", false, key);
    else if (key === "Backspace") document.execCommand("delete");
    else editor.dispatchEvent(new KeyboardEvent("keydown", { key, shiftKey, bubbles: true, cancelable: true }));
  }

  function give(editor) {
    const keys = meantFor === opening() ? ahead : [];
    ahead = [];
    while (keys.length && document.activeElement === editor) press(editor, keys.shift());
    // A key that led to another cell takes what follows it there.
    if (keys.length && opening()) keep(keys);
  }

  document.addEventListener("focusin", (event) => {
    const editor = event.target;
    // The grid selects what stands in the cell right after it gives it the focus.
    if (ahead.length && editor.matches(EDITOR)) queueMicrotask(() => give(editor));
  });
})();
