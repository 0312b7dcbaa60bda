/* The entry grid on the desk: cells, marks, paste from a spreadsheet, undo and redo (4.2 a). */
(function () {
  "use strict";
  const shuangtan = (window.shuangtan = window.shuangtan || {});
  const { EntryModel, parseBlock, formatBlock } = shuangtan.entryModel || {};
  const choices = () => shuangtan.entryChoices;
  const entry = (shuangtan.entry = {
    payload: null,
    model: null,
    api: null,
    section: "all",
    problems: new Map(),
    focused: null,
    views: [],
  });

  const functions = (window.dashAgGridFunctions = window.dashAgGridFunctions || {});
  const idOf = (params) => params.data && params.data._id;

  entry.problemsOf = (id) => entry.problems.get(id) || {};
  entry.problemAt = (id, field) => entry.problemsOf(id)[field];
  entry.sourceOf = (row) => entry.payload.sources.find((each) => each.code === row.source);
  entry.applies = (row, field) => {
    const source = entry.sourceOf(row);
    if (!source || !entry.symbols.has(field)) return true;
    return source.terms.includes(field) ? entry.takes(row, field) : source.symbols.includes(field);
  };
  /* An item may have a balance of its own: gas has no stocks. */
  entry.takes = (row, term) => {
    const ofItem = (entry.payload.units[row.source] || {})[row.item || ""];
    return !ofItem || term in ofItem;
  };
  /* Balances are a section across the groups: every source whose amount may follow from one. */
  entry.belongs = (source) =>
    entry.section === "all" ||
    (entry.section === "balance" ? source.terms.length > 0 : source.group === entry.section);
  entry.inSection = (row) => {
    const source = entry.sourceOf(row);
    return !source || entry.belongs(source);
  };
  entry.defaultOf = (row, field) => {
    const item = row.item || "";
    const ofMonth = ((entry.payload.monthly[row.source] || {})[row.month] || {})[item] || {};
    const ofYear = (entry.payload.defaults[row.source] || {})[item] || {};
    return ofMonth[field] || ofYear[field];
  };

  entry.unitOf = (row, field) => {
    const ofItem = ((entry.payload.units[row.source] || {})[row.item || ""] || {})[field];
    const cell = (entry.payload.cells[row.source] || {})[field];
    return ofItem || (cell ? cell.unit : "");
  };

  functions.entryLine = (params) => entry.model && entry.model.position(idOf(params)) + 1;
  functions.entryText = (params) => cellText(params.data, params.colDef.field);
  functions.entryTooltip = (params) => {
    const problem = entry.problemAt(idOf(params), params.colDef.field);
    // A name may be longer than its column.
    const name = choices().isChoice(params.colDef.field) ? functions.entryText(params) : null;
    return problem ? problem.text : name || null;
  };
  functions.entryMarked = (params, kind) => {
    const problem = entry.problemAt(idOf(params), params.colDef.field);
    if (kind === "off") return !params.value && !entry.applies(params.data, params.colDef.field);
    if (kind === "default") return !params.value && !!entry.defaultOf(params.data, params.colDef.field);
    return !!problem && problem.severity === kind;
  };
  functions.entryFiltered = () => entry.section !== "all";
  functions.entryPasses = (params) => !entry.payload || entry.inSection(params.data);
  functions.entryRequested = (params) => {
    const field = params.colDef.field;
    entry.model.setCell(idOf(params), field, params.newValue);
  };
  functions.entryFocused = (params) => entry.focus(params);
  functions.entryTheme = (base) =>
    base.withParams({
      backgroundColor: "var(--surface)",
      foregroundColor: "var(--ink)",
      borderColor: "var(--line)",
      headerBackgroundColor: "var(--background)",
      headerTextColor: "var(--muted)",
      accentColor: "var(--brand)",
      chromeBackgroundColor: "var(--background)",
      selectedRowBackgroundColor: "color-mix(in srgb, var(--brand) 10%, transparent)",
      rowHoverColor: "color-mix(in srgb, var(--brand) 5%, transparent)",
      fontFamily: "inherit",
      fontSize: 14,
      headerFontSize: 12,
      headerFontWeight: 600,
      rowHeight: 36,
      columnBorder: true,
      wrapperBorderRadius: 8,
      cellHorizontalPadding: 10,
      browserColorScheme: "inherit",
    });

  function cellText(row, field) {
    if (!row || !entry.payload) return "";
    const value = row[field];
    if (value) {
      return choices().isChoice(field) ? choices().display(entry.payload, field, row, value) : value;
    }
    const assumed = entry.defaultOf(row, field);
    return assumed === undefined ? "" : assumed;
  }

  /* Fill the grid with what the server holds; called for each organization and year opened. */
  entry.open = (payload, api) => {
    entry.payload = payload;
    entry.api = api;
    entry.problems = new Map();
    entry.focused = null;
    entry.section = "all";
    entry.symbols = new Set(payload.symbols.concat(payload.terms));
    // A few empty rows to type or paste into; they are not part of the draft.
    const blank = payload.editable && !payload.rows.length ? [{}, {}, {}] : [];
    entry.model = new EntryModel(payload.rows.concat(blank));
    entry.model.listeners.push(() => entry.show());
    entry.showSection("all");
    entry.show();
  };

  entry.show = () => {
    if (entry.api && !entry.api.isDestroyed()) {
      // The grid filters new rows by itself; onFilterChanged() would close the cell that is open.
      entry.api.setGridOption("rowData", entry.model.rows);
    }
    entry.views.forEach((view) => view());
    entry.showButtons();
  };

  entry.mark = (problems) => {
    entry.problems = problems;
    if (entry.api && !entry.api.isDestroyed()) entry.api.refreshCells({ force: true });
    entry.views.forEach((view) => view());
    entry.showFocused();
  };

  entry.showSection = (code) => {
    entry.section = code;
    document.querySelectorAll("[data-entry-section]").forEach((tab) => {
      tab.setAttribute("aria-pressed", String(tab.dataset.entrySection === code));
    });
    if (!entry.api || entry.api.isDestroyed()) return;
    const group = entry.payload.sources.filter(entry.belongs);
    const balance = code === "balance";
    const needed = new Set(group.flatMap((source) => (balance ? source.terms : source.symbols)));
    const stated = (symbol) => entry.model.rows.some((row) => row[symbol] && entry.inSection(row));
    entry.payload.symbols.concat(entry.payload.terms).forEach((symbol) => {
      const isTerm = entry.payload.terms.includes(symbol);
      const visible = needed.has(symbol) || (isTerm && stated(symbol));
      entry.api.setColumnsVisible([symbol], visible);
    });
    entry.api.onFilterChanged();
    entry.views.forEach((view) => view());
  };

  /* New rows belong to the section on screen, so that they do not vanish when made. */
  entry.seed = () => {
    if (entry.section === "all") return {};
    const group = entry.payload.sources.filter(entry.belongs);
    return group.length ? { source: group[0].code } : {};
  };

  const dataFields = () =>
    entry.api
      .getAllDisplayedColumns()
      .map((column) => column.getColId())
      .filter((field) => entry.payload.fields.includes(field));

  const displayedIds = () => {
    const ids = [];
    entry.api.forEachNodeAfterFilterAndSort((node) => ids.push(node.id));
    return ids;
  };

  function focusedCell() {
    const cell = entry.api && entry.api.getFocusedCell();
    if (!cell) return null;
    const node = entry.api.getDisplayedRowAtIndex(cell.rowIndex);
    return node && { id: node.id, index: cell.rowIndex, field: cell.column.getColId() };
  }

  function resolved(block, fields) {
    return block.map((cells) => {
      const row = {};
      fields.forEach((field, at) => {
        if (cells[at] === undefined) return;
        const choice = choices().isChoice(field);
        row[field] = choice ? choices().resolve(entry.payload, field, row, cells[at]) : cells[at];
      });
      return cells.map((cell, at) => (at < fields.length ? row[fields[at]] : cell));
    });
  }

  entry.pasteText = (text) => {
    const cell = focusedCell();
    const ids = displayedIds();
    const fields = dataFields();
    const first = cell ? cell.index : ids.length;
    const from = cell ? Math.max(0, fields.indexOf(cell.field)) : 0;
    const target = fields.slice(from);
    const block = resolved(parseBlock(text), target);
    const beyond = entry.model.paste(block, ids.slice(first), target, entry.seed());
    entry.sync.checkNow();
    const texts = entry.payload.texts;
    const size = `${block.length} × ${Math.max(...block.map((cells) => cells.length))}`;
    entry.announce(
      beyond
        ? texts.pasted_beyond.replace("{size}", size).replace("{count}", beyond)
        : texts.pasted.replace("{size}", size)
    );
  };

  entry.copyText = () => {
    const fields = dataFields();
    const chosen = entry.api.getSelectedNodes().map((node) => node.id);
    if (chosen.length) {
      const rows = entry.model.rows.filter((row) => chosen.includes(row._id));
      return formatBlock(rows.map((row) => fields.map((field) => copied(row, field))));
    }
    const cell = focusedCell();
    return cell ? formatBlock([[copied(entry.model.row(cell.id), cell.field)]]) : "";
  };

  const copied = (row, field) => (row[field] ? cellText(row, field) : "");

  entry.goTo = (id, field) => {
    const row = entry.model.row(id);
    if (!row) return;
    if (!entry.inSection(row)) entry.showSection("all");
    const card = document.querySelector(`[data-entry-card-cell="${id}:${field}"]`);
    if (card) entry.unfold(card);
    if (card && card.offsetParent) {
      card.scrollIntoView({ block: "center" });
      card.focus();
      return;
    }
    if (!entry.api || entry.api.isDestroyed()) return;
    const node = entry.api.getRowNode(id);
    if (!node) return;
    const column = entry.api.getColumn(field) ? field : "source";
    entry.api.setColumnsVisible([column], true);
    entry.api.ensureNodeVisible(node, "middle");
    entry.api.ensureColumnVisible(column);
    entry.api.setFocusedCell(node.rowIndex, column);
    takeFocus(id, column, 40);
  };

  /* A row that was out of sight is drawn a moment later; the keyboard has to follow it. */
  entry.takeFocus = takeFocus;
  function takeFocus(id, column, tries) {
    const cell = document.querySelector(`[data-entry-grid] [row-id="${id}"] [col-id="${column}"]`);
    if (cell) cell.focus();
    if (cell && document.activeElement === cell) return;
    if (tries) setTimeout(() => takeFocus(id, column, tries - 1), 50);
  }

  entry.focus = (params) => {
    const node = params.rowIndex === null ? null : params.api.getDisplayedRowAtIndex(params.rowIndex);
    entry.focused = node ? { id: node.id, field: params.column.getColId() } : null;
    entry.showFocused();
    entry.showFiles();
  };

  entry.showFocused = () => {
    const place = document.querySelector("[data-entry-focus]");
    if (!place || !entry.payload) return;
    const { id, field } = entry.focused || {};
    const problem = id && entry.problemAt(id, field);
    place.dataset.severity = problem ? problem.severity : "none";
    place.replaceChildren(document.createTextNode(problem ? problem.text : quantityText(id, field)));
    if (problem && problem.suggestion) place.append(entry.suggestionButton(id, field, problem));
  };

  function quantityText(id, field) {
    const row = id && entry.model.row(id);
    const cell = row && (entry.payload.cells[row.source] || {})[field];
    if (!cell) return entry.payload.texts.hint;
    const line = entry.payload.texts.line.replace("{line}", entry.model.position(id) + 1);
    return [line, cell.label, entry.unitOf(row, field)].filter(Boolean).join(" · ");
  }

  entry.suggestionButton = (id, field, problem) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "entry-suggestion";
    button.textContent = entry.payload.texts.change_to.replace("{value}", problem.suggestion);
    button.addEventListener("click", () => entry.model.setCell(id, field, problem.suggestion));
    return button;
  };

  entry.announce = (text) => {
    const place = document.querySelector("[data-entry-said]");
    if (place) place.textContent = text;
  };

  entry.showButtons = () => {
    const can = { undo: entry.model.past.length, redo: entry.model.future.length };
    Object.keys(can).forEach((action) => {
      document.querySelectorAll(`[data-entry-action="${action}"]`).forEach((button) => {
        button.disabled = !can[action] || !entry.payload.editable;
      });
    });
  };

  const chosenIds = () => {
    const chosen = entry.api.getSelectedNodes().map((node) => node.id);
    const cell = focusedCell();
    return chosen.length || !cell ? chosen : [cell.id];
  };

  const actions = {
    undo: () => entry.model.undo(),
    redo: () => entry.model.redo(),
    add: () => {
      const id = entry.model.add(entry.seed());
      entry.goTo(id, entry.section === "all" ? "source" : "item");
    },
    copy: () => chosenIds().forEach((id) => entry.model.copyRow(id)),
    delete: () => entry.model.remove(chosenIds()),
  };

  const editing = (target) => !!target.closest("input, textarea, select, [contenteditable=true]");
  const inGrid = (target) => !!(target.closest && target.closest("[data-entry-grid]"));
  const ready = () => entry.payload && entry.payload.editable && entry.api && !entry.api.isDestroyed();

  document.addEventListener("click", (event) => {
    if (!entry.payload || !event.target.closest) return;
    const hit = event.target.closest(
      "[data-entry-action], [data-entry-section], [data-entry-problem], [data-entry-suggest]"
    );
    if (!hit) return;
    const { entryAction, entrySection, entryProblem, entrySuggest } = hit.dataset;
    if (entryAction && actions[entryAction] && ready()) actions[entryAction]();
    if (entrySection) entry.showSection(entrySection);
    if (entryProblem) entry.goTo(...entryProblem.split(":"));
    if (entrySuggest) suggest(...entrySuggest.split(":"));
  });

  function suggest(id, field) {
    const problem = entry.problemAt(id, field);
    if (problem && problem.suggestion) entry.model.setCell(id, field, problem.suggestion);
  }

  document.addEventListener("paste", (event) => {
    // With nothing in focus the page itself is the target, and means the grid.
    if (!ready() || !(inGrid(event.target) || event.target === document.body)) return;
    const text = event.clipboardData.getData("text/plain");
    const block = /[\t\n\r]/.test(text.replace(/\r?\n$/, ""));
    // One value pasted into an open editor is the editor's business.
    if (editing(event.target) && !block) return;
    event.preventDefault();
    entry.api.stopEditing(true);
    entry.pasteText(text);
  });

  document.addEventListener("copy", (event) => {
    if (!entry.payload || !inGrid(event.target) || editing(event.target)) return;
    const text = entry.copyText();
    if (!text) return;
    event.clipboardData.setData("text/plain", text);
    event.preventDefault();
  });

  /* Tab goes from cell to cell as in a spreadsheet, so another key has to lead out of the grid. */
  const leave = () => document.querySelector("[data-entry-bar]").focus();

  const shortcut = (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey) return null;
    const key = event.key.toLowerCase();
    if (key === "z") return event.shiftKey ? "redo" : "undo";
    return key === "y" ? "redo" : null;
  };

  document.addEventListener(
    "keydown",
    (event) => {
      if (!ready() || !inGrid(event.target) || editing(event.target)) return;
      const action = shortcut(event);
      const cell = focusedCell();
      if (action) actions[action]();
      else if (event.key === "Escape") leave();
      else if (event.key === "Delete" && cell) entry.model.setCell(cell.id, cell.field, "");
      else return;
      event.preventDefault();
      event.stopPropagation();
    },
    true
  );
})();
