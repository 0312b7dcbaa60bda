/* Rows of the entry grid: what was typed, undo and redo, blocks from a spreadsheet (4.2 a).
 * Knows neither the page nor the grid, so that both the grid and the phone's cards can stand on it. */
(function () {
  "use strict";
  const shuangtan = (window.shuangtan = window.shuangtan || {});
  const STEPS_KEPT = 200;

  /* Split tab-separated text as spreadsheets copy it: a cell with a line break, tab or quote is
   * wrapped in quotes with inner quotes doubled. Nothing is trimmed: what was copied is kept. */
  function parseBlock(text) {
    const source = text.replace(/^\uFEFF/, "").replace(/\r\n?/g, "\n").replace(/\n$/, "");
    const rows = [[]];
    let at = 0;
    for (;;) {
      const [cell, end] = source[at] === '"' ? quotedCell(source, at) : plainCell(source, at);
      rows[rows.length - 1].push(cell);
      if (end >= source.length) return rows;
      if (source[end] === "\n") rows.push([]);
      at = end + 1;
    }
  }

  function plainCell(source, start) {
    let end = start;
    while (end < source.length && source[end] !== "\t" && source[end] !== "\n") end += 1;
    return [source.slice(start, end), end];
  }

  function quotedCell(source, start) {
    let end = start + 1;
    while (end < source.length) {
      if (source[end] !== '"') end += 1;
      else if (source[end + 1] === '"') end += 2;
      else break;
    }
    const after = source[end + 1];
    const closed = source[end] === '"' && (after === undefined || after === "\t" || after === "\n");
    // A lone quote, as in 5" pipe, is a character like any other.
    if (!closed) return plainCell(source, start);
    return [source.slice(start + 1, end).replace(/""/g, '"'), end + 1];
  }

  /* Join cells so that a spreadsheet reads them back unchanged. */
  function formatBlock(rows) {
    const quoted = (cell) => (/[\t\n"]/.test(cell) ? '"' + cell.replace(/"/g, '""') + '"' : cell);
    return rows.map((row) => row.map((cell) => quoted(cell || "")).join("\t")).join("\n");
  }

  const isEmpty = (row) =>
    Object.keys(row).every((field) => field === "_id" || !String(row[field] || "").trim());

  /* Rows are never changed in place: each step keeps the list before it. */
  class EntryModel {
    constructor(rows) {
      this.last = 0;
      this.rows = rows.map((row) => this.withId(row));
      this.past = [];
      this.future = [];
      this.serial = 0;
      this.listeners = [];
    }

    withId(row) {
      this.last += 1;
      return Object.assign({}, row, { _id: "r" + this.last });
    }

    row(id) {
      return this.rows.find((row) => row._id === id);
    }

    position(id) {
      return this.rows.findIndex((row) => row._id === id);
    }

    replace(rows) {
      this.past.push(this.rows);
      if (this.past.length > STEPS_KEPT) this.past.shift();
      this.future = [];
      this.show(rows);
    }

    show(rows) {
      this.rows = rows;
      this.serial += 1;
      this.listeners.forEach((listener) => listener());
    }

    /* Something beside the rows changed that is kept with them. */
    touch() {
      this.show(this.rows);
    }

    undo() {
      if (!this.past.length) return;
      this.future.push(this.rows);
      this.show(this.past.pop());
    }

    redo() {
      if (!this.future.length) return;
      this.past.push(this.rows);
      this.show(this.future.pop());
    }

    setCell(id, field, text) {
      const row = this.row(id);
      const value = text === null || text === undefined ? "" : String(text);
      if (!row || (row[field] || "") === value) return;
      const changed = Object.assign({}, row, { [field]: value });
      this.replace(this.rows.map((each) => (each === row ? changed : each)));
    }

    add(seed, afterId) {
      const row = this.withId(seed || {});
      const place = afterId ? this.position(afterId) + 1 : this.rows.length;
      this.replace(this.rows.slice(0, place).concat([row], this.rows.slice(place)));
      return row._id;
    }

    copyRow(id) {
      const copy = Object.assign({}, this.row(id));
      delete copy._id;
      return this.add(copy, id);
    }

    remove(ids) {
      const gone = new Set(ids);
      if (gone.size) this.replace(this.rows.filter((row) => !gone.has(row._id)));
    }

    /* Put a block at the first of the given rows and fields; rows are added when it is longer.
     * Returns how many columns of the block found no place. */
    paste(block, ids, fields, seed) {
      const changed = new Map();
      const added = [];
      block.forEach((cells, line) => {
        const old = ids[line] ? this.row(ids[line]) : this.withId(seed || {});
        const row = Object.assign({}, old);
        cells.slice(0, fields.length).forEach((cell, column) => (row[fields[column]] = cell));
        if (ids[line]) changed.set(row._id, row);
        else added.push(row);
      });
      this.replace(this.rows.map((row) => changed.get(row._id) || row).concat(added));
      const beyond = block.map((cells) => cells.slice(fields.length).map((c) => c.trim()));
      return Math.max(0, ...beyond.map((cells) => cells.filter(Boolean).length && cells.length));
    }

    /* What goes to the server: rows that hold anything, without our own ids. */
    content() {
      const full = this.rows.filter((row) => !isEmpty(row));
      const clean = full.map((row) => {
        const copy = {};
        Object.keys(row).forEach((key) => {
          if (key !== "_id" && row[key] !== "") copy[key] = row[key];
        });
        return copy;
      });
      return { ids: full.map((row) => row._id), rows: clean };
    }
  }

  shuangtan.entryModel = { EntryModel, parseBlock, formatBlock, isEmpty };
})();
