/* Evidence files of the row in focus: shown, added, taken off; a row names them by their hashes. */
(function () {
  "use strict";
  const entry = window.shuangtan.entry;
  const functions = (window.dashAgGridFunctions = window.dashAgGridFunctions || {});
  // As many hashes as a cell holds.
  const MOST_FILES = 15;
  const shown = { entry: "", row: null };

  const files = () => entry.payload.files;
  const named = (row) => String(row.files || "").split(" ").filter(Boolean);
  const known = (hash) => files().known[hash] || { name: files().texts.unknown, size: 0 };
  const { filled, send } = window.shuangtan.uploads;

  functions.entryFileNames = (params) =>
    params.data && entry.payload ? named(params.data).map((hash) => known(hash).name).join(", ") : "";

  function sizeText(bytes) {
    if (!bytes) return "";
    const [scale, unit] = [[1e6, "MB"], [1e3, "kB"], [1, "B"]].find((step) => bytes >= step[0]);
    const digits = { maximumSignificantDigits: 3 };
    return `${(bytes / scale).toLocaleString(document.documentElement.lang, digits)} ${unit}`;
  }

  function element(tag, attributes, ...children) {
    const made = document.createElement(tag);
    Object.entries(attributes).forEach(([name, value]) => made.setAttribute(name, value));
    made.append(...children);
    return made;
  }

  function fileItem(row, hash) {
    const { name, size } = known(hash);
    const link = element("a", { href: files().read + hash, download: "" }, name);
    const item = element("li", { class: "entry-file" }, link, element("small", {}, sizeText(size)));
    if (!entry.payload.editable) return item;
    const line = entry.model.position(row._id) + 1;
    const label = filled(files().texts.take_off, { name, line });
    const button = element("button", { type: "button", "aria-label": label, title: label }, "✕");
    button.addEventListener("click", () => setFiles(row._id, (all) => all.filter((each) => each !== hash)));
    item.append(button);
    return item;
  }

  function adder(row) {
    const input = element("input", { type: "file", multiple: "", accept: files().accept, class: "visually-hidden" });
    input.addEventListener("change", () => addAll(row._id, Array.from(input.files)));
    return element("label", { class: "button button-plain entry-file-add" }, input, files().texts.add);
  }

  /* One row's files with the button to add one: below the grid, and in the row's card on a phone. */
  entry.filesOf = (row) => {
    const line = entry.model.position(row._id) + 1;
    const items = named(row).map((hash) => fileItem(row, hash));
    const list = items.length ? element("ul", {}, ...items) : element("span", {}, files().texts.none);
    const box = element("div", { class: "entry-files-row" });
    box.append(element("strong", {}, filled(files().texts.title, { line })), list);
    if (entry.payload.editable) box.append(adder(row));
    return box;
  };

  /* The row may have changed while a file was on its way, so it is read anew. */
  function setFiles(id, change) {
    const row = entry.model.row(id);
    if (row) entry.model.setCell(id, "files", change(named(row)).join(" "));
  }

  async function addAll(id, chosen) {
    for (const file of chosen) await add(id, file);
  }

  async function add(id, file) {
    const { payload } = entry;
    const { texts } = payload.files;
    const name = file.name;
    if (named(entry.model.row(id) || {}).length >= MOST_FILES) return entry.announce(filled(texts.too_many, { most: MOST_FILES }));
    entry.announce(filled(texts.sending, { name }));
    const { told, refusal } = await send(payload.files, file);
    // Whoever has gone on to another year does not find this one's file there.
    if (entry.payload !== payload) return;
    if (told) keep(id, told);
    else entry.announce(refusal);
  }

  function keep(id, told) {
    files().known[told.sha256] = { name: told.name, size: told.size };
    setFiles(id, (all) => (all.includes(told.sha256) ? all : all.concat(told.sha256)));
    entry.announce(filled(files().texts.attached, { name: told.name }));
  }

  function show() {
    const place = document.querySelector("[data-entry-files]");
    if (!place || !entry.payload || !files()) return;
    if (shown.entry !== entry.payload.key) Object.assign(shown, { entry: entry.payload.key, row: null });
    if (entry.focused) shown.row = entry.focused.id;
    const row = shown.row && entry.model.row(shown.row);
    const key = row ? [row._id, row.files, entry.model.position(row._id), entry.payload.key].join() : "";
    if (place.firstChild && place.dataset.shown === key) return;
    place.dataset.shown = key;
    place.replaceChildren(row ? entry.filesOf(row) : element("span", {}, files().texts.pick_row));
  }

  entry.views.push(show);
  entry.showFiles = show;
})();
