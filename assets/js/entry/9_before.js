/* Rows of the year before, or of a bill, put below those in the grid; undo takes them back (4.2 a). */
(function () {
  "use strict";
  const entry = window.shuangtan.entry;
  const { isEmpty } = window.shuangtan.entryModel;

  /* `same` names the fields by which a row that is there already is told. */
  function take(rows, same) {
    const identity = (row) => same.map((field) => row[field] || "").join("|");
    const standing = entry.model.rows.filter((row) => !isEmpty(row));
    const known = new Set(standing.map(identity));
    const fresh = rows.filter((row) => !known.has(identity(row)));
    if (fresh.length) entry.model.replace(standing.concat(fresh.map((row) => entry.model.withId(row))));
    entry.announce(entry.payload.texts.taken_over.replace("{count}", fresh.length));
    if (fresh.length) entry.sync.checkNow();
  }

  document.addEventListener("click", (event) => {
    const pressed = event.target.closest && event.target.closest("[data-entry-before]");
    if (!pressed || !entry.model || !entry.payload.editable) return;
    const holder = pressed.closest("[data-entry-rows]");
    const same = (holder.dataset.entrySame || "source item key month").split(" ");
    take(JSON.parse(holder.dataset.entryRows)[pressed.dataset.entryBefore], same);
  });
})();
