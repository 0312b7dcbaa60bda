/* The same rows as cards on a phone: one column, the right keyboard, messages under the field.
 * Of many rows each is folded to its name, what it states and its problems, and opens by a tap. */
(function () {
  "use strict";
  const entry = window.shuangtan.entry;
  const { choices } = window.shuangtan.entryChoices;
  const narrow = window.matchMedia("(max-width: 860px)");
  const STEP = 30;
  const FOLD_FROM = 7;
  const TOLD = 3;
  let shown = STEP;
  let drawn = "";
  // Which cards somebody opened or closed, of the entry on screen.
  let folds = { payload: null, open: new Map() };

  function element(tag, attributes, ...children) {
    const made = document.createElement(tag);
    Object.entries(attributes || {}).forEach(([name, value]) => {
      if (value !== null && value !== undefined) made.setAttribute(name, value);
    });
    made.append(...children.filter((child) => child !== null));
    return made;
  }

  const cellKey = (row, field) => `${row._id}:${field}`;

  function choiceField(row, field, label) {
    const options = choices(entry.payload, field, row);
    const known = !row[field] || options.some((each) => each.code === row[field]);
    const select = element("select", { "data-entry-card-cell": cellKey(row, field), class: "entry-card-input" });
    select.append(element("option", { value: "" }, entry.payload.texts.choose));
    if (!known) select.append(element("option", { value: row[field] }, row[field]));
    options.forEach((each) => select.append(element("option", { value: each.code }, each.name)));
    select.value = row[field] || "";
    return field_(row, field, label, "", select);
  }

  function textField(row, field, label, unit) {
    const input = element("input", {
      "data-entry-card-cell": cellKey(row, field),
      class: "entry-card-input",
      inputmode: entry.symbols.has(field) ? "decimal" : "text",
      autocomplete: "off",
      placeholder: entry.defaultOf(row, field) || "—",
    });
    input.value = row[field] || "";
    return field_(row, field, label, unit, input);
  }

  function field_(row, field, label, unit, control) {
    control.disabled = !entry.payload.editable;
    control.addEventListener("change", () => entry.model.setCell(row._id, field, control.value));
    const name = element("span", { class: "entry-card-label" }, label, " ");
    if (unit) name.append(element("small", {}, unit));
    const message = element("span", { class: "entry-card-problem", "data-entry-card-problem": cellKey(row, field) });
    return element("label", { class: "entry-card-field" }, name, control, message);
  }

  function isOpen(row) {
    if (folds.payload !== entry.payload) folds = { payload: entry.payload, open: new Map() };
    // What is about to be chosen stays open while it is filled in.
    if (!row.source && !folds.open.has(row._id)) folds.open.set(row._id, true);
    return folds.open.has(row._id) ? folds.open.get(row._id) : entry.model.rows.length < FOLD_FROM;
  }

  const nameOf = (row, field) => {
    const known = row[field] && choices(entry.payload, field, row).find((each) => each.code === row[field]);
    return known ? known.name : row[field] || "";
  };

  /* The name of a row, what it states, and how many problems it has. */
  function head(row, line) {
    const line_ = element("strong", {}, entry.payload.texts.line.replace("{line}", line));
    const told = ["source", "item", "month"].map((field) => nameOf(row, field)).filter(Boolean).join(" · ");
    return element(
      "summary",
      { class: "entry-card-head" },
      line_,
      element("span", { class: "entry-card-name" }, told),
      element("span", { class: "entry-card-marks" }),
      element("small", { class: "entry-card-told" })
    );
  }

  function fillHead(whole, row) {
    if (!row) return;
    const source = entry.sourceOf(row);
    const cells = source ? entry.payload.cells[source.code] : {};
    const stated = Object.keys(cells).filter((symbol) => row[symbol]);
    const words = stated.slice(0, TOLD).map((symbol) => `${cells[symbol].label} ${row[symbol]}`);
    if (stated.length > TOLD) words.push("…");
    const problems = Object.values(entry.problemsOf(row._id));
    const marks = [["error", "■"], ["warning", "▲"]].map(([severity, mark]) => {
      const count = problems.filter((problem) => problem.severity === severity).length;
      return count ? element("span", { "data-severity": severity }, `${mark} ${count}`) : "";
    });
    whole.querySelector(".entry-card-told").textContent = words.join(" · ");
    whole.querySelector(".entry-card-marks").replaceChildren(...marks);
  }

  function card(row, line) {
    const whole = element("details", { class: "entry-card", "data-entry-card": row._id }, head(row, line));
    whole.open = isOpen(row);
    whole.addEventListener("toggle", () => {
      if (whole.isConnected) folds.open.set(row._id, whole.open);
    });
    whole.append(inside(row, line));
    return whole;
  }

  function inside(row, line) {
    const texts = entry.payload.texts;
    const source = entry.sourceOf(row);
    const cells = source ? entry.payload.cells[source.code] : {};
    const remove = element(
      "button",
      { type: "button", class: "entry-card-remove", "aria-label": texts.delete_row.replace("{line}", line) },
      "✕"
    );
    remove.disabled = !entry.payload.editable;
    remove.addEventListener("click", () => entry.model.remove([row._id]));
    const body = element("div", { class: "entry-card-body" }, remove);
    body.append(choiceField(row, "source", texts.source));
    if (!source) return body;
    if (source.items.length) body.append(choiceField(row, "item", texts.item));
    if (source.options.length) body.append(choiceField(row, "key", texts.key));
    const { fields, files } = entry.payload;
    const byMonth = fields.includes("month") && (row.month || entry.byMonth);
    if (byMonth) body.append(choiceField(row, "month", texts.month));
    const balance = entry.section === "balance";
    const terms = source.terms.filter((term) => row[term] || entry.takes(row, term));
    const known = balance ? terms.concat(source.symbols) : source.symbols.concat(terms);
    const leads = (symbol) => (balance ? source.terms.includes(symbol) : cells[symbol].primary);
    const first = known.filter((symbol) => leads(symbol) || row[symbol]);
    const rest = known.filter((symbol) => !first.includes(symbol));
    first.forEach((symbol) => body.append(textField(row, symbol, cells[symbol].label, entry.unitOf(row, symbol))));
    const more = element("details", { class: "entry-card-rest" }, element("summary", {}, texts.more_fields));
    rest.forEach((symbol) => more.append(textField(row, symbol, cells[symbol].label, entry.unitOf(row, symbol))));
    if (fields.includes("month") && !byMonth) more.append(choiceField(row, "month", texts.month));
    if (fields.includes("origin")) more.append(choiceField(row, "origin", texts.origin));
    if (fields.includes("note")) more.append(textField(row, "note", texts.note, ""));
    body.append(more);
    // Only where rows have evidence: an energy balance has one document for all of them.
    if (files) body.append(entry.filesOf(row));
    return body;
  }

  function draw(place) {
    const rows = entry.model.rows.filter(entry.inSection);
    const shape = rows.map((row) => [row._id, row.source, row.item, row.files].join()).join(";") + entry.section + entry.byMonth + shown;
    if (shape !== drawn || !place.firstChild) {
      const active = document.activeElement && document.activeElement.dataset.entryCardCell;
      place.replaceChildren(
        ...rows.slice(0, shown).map((row) => card(row, entry.model.position(row._id) + 1))
      );
      if (rows.length > shown) place.append(moreButton(rows.length - shown));
      drawn = shape;
      const again = active && place.querySelector(`[data-entry-card-cell="${active}"]`);
      if (again) again.focus();
    }
    fill(place);
  }

  function moreButton(left) {
    const text = entry.payload.texts.more_rows.replace("{count}", left);
    const button = element("button", { type: "button", class: "entry-card-more" }, text);
    button.addEventListener("click", () => {
      shown += STEP;
      show();
    });
    return button;
  }

  function fill(place) {
    place.querySelectorAll("[data-entry-card]").forEach((whole) => fillHead(whole, entry.model.row(whole.dataset.entryCard)));
    place.querySelectorAll("[data-entry-card-cell]").forEach((control) => {
      const [id, field] = control.dataset.entryCardCell.split(":");
      const row = entry.model.row(id);
      if (row && control !== document.activeElement) control.value = row[field] || "";
      const problem = entry.problemAt(id, field);
      control.setAttribute("aria-invalid", String(!!problem && problem.severity === "error"));
      control.dataset.severity = problem ? problem.severity : "";
      const rest = control.closest(".entry-card-rest");
      if (problem && rest) rest.open = true;
    });
    place.querySelectorAll("[data-entry-card-problem]").forEach((message) => {
      const [id, field] = message.dataset.entryCardProblem.split(":");
      const problem = entry.problemAt(id, field);
      message.dataset.severity = problem ? problem.severity : "";
      message.replaceChildren(problem ? problem.text : "");
      if (problem && problem.suggestion) message.append(" ", entry.suggestionButton(id, field, problem));
    });
  }

  function show() {
    const place = document.querySelector("[data-entry-cards]");
    if (!place || !entry.model) return;
    if (narrow.matches) draw(place);
    else if (place.firstChild) place.replaceChildren();
  }

  /* Unfold what a field lies in, so that it can be gone to. */
  entry.unfold = (control) => {
    for (let at = control.closest("details"); at; at = at.parentElement.closest("details")) at.open = true;
  };

  entry.views.push(show);
  narrow.addEventListener("change", show);
})();
