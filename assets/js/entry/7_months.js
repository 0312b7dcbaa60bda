/* Rows of months: the column that holds them, and one row made into twelve (4.2 a). */
(function () {
  "use strict";
  const entry = window.shuangtan.entry;
  // On a phone nothing is in focus that could be spread.
  const narrow = window.matchMedia("(max-width: 860px)");
  const of = { entry: "", shown: null };

  const usesMonths = () => entry.payload && entry.payload.fields.includes("month");
  const gridReady = () => entry.api && !entry.api.isDestroyed();

  /* Whoever enters years sees no months, unless a row states one. */
  function show() {
    if (!usesMonths() || !gridReady()) return;
    if (of.entry !== entry.payload.key + entry.payload.ids.grid) {
      Object.assign(of, { entry: entry.payload.key + entry.payload.ids.grid, shown: null });
      entry.byMonth = false;
    }
    const shown = entry.byMonth || entry.model.rows.some((row) => row.month);
    if (of.shown === shown) return;
    of.shown = shown;
    entry.api.setColumnsVisible(["month"], shown);
    document.querySelectorAll("[data-entry-months]").forEach((button) => {
      button.setAttribute("aria-pressed", String(shown));
    });
    document.querySelectorAll("[data-entry-spread]").forEach((button) => {
      button.hidden = !shown || narrow.matches;
    });
  }

  /* What is a ratio holds for every month; what is an amount has to be entered for each. */
  const isRatio = (row, symbol) => /[/%]|^0\.\.1$|^$/.test(entry.unitOf(row, symbol));

  function ofMonth(row, month) {
    const kept = { source: row.source, item: row.item, key: row.key, origin: row.origin, month };
    const ratios = entry.payload.symbols.filter((symbol) => row[symbol] && isRatio(row, symbol));
    ratios.forEach((symbol) => (kept[symbol] = row[symbol]));
    return entry.model.withId(Object.fromEntries(Object.entries(kept).filter((pair) => pair[1])));
  }

  /* The row stays where it holds an amount of the year: nothing typed is lost. */
  function spread(row) {
    const { symbols, terms } = entry.payload;
    const amounts = symbols.concat(terms).some((symbol) => row[symbol] && !isRatio(row, symbol));
    const months = entry.payload.months.map((month) => ofMonth(row, month.code));
    return amounts || row.note || row.files ? [row, ...months] : months;
  }

  function spreadChosen() {
    const selected = entry.api.getSelectedNodes().map((node) => node.id);
    const chosen = new Set(selected.length ? selected : [(entry.focused || {}).id]);
    const isWhole = (row) => chosen.has(row._id) && row.source && !row.month;
    if (!entry.model.rows.some(isWhole)) return entry.announce(entry.payload.texts.spread_first);
    entry.model.replace(entry.model.rows.flatMap((row) => (isWhole(row) ? spread(row) : [row])));
    entry.sync.checkNow();
  }

  document.addEventListener("click", (event) => {
    if (!event.target.closest || !usesMonths() || !entry.payload.editable) return;
    if (event.target.closest("[data-entry-months]")) {
      entry.byMonth = !entry.byMonth;
      entry.views.forEach((view) => view());
    }
    if (event.target.closest("[data-entry-spread]")) spreadChosen();
  });

  entry.views.unshift(show);
})();
