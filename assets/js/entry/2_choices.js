/* Sources, items and origins as people name them: matching what was typed or pasted to a code,
 * and an editor that offers the names while typing (4.2 a). */
(function () {
  "use strict";
  const shuangtan = (window.shuangtan = window.shuangtan || {});

  const plain = (text) => String(text || "").normalize("NFKC").trim().toLowerCase();

  /* Every choice a field of a row has: {code, name, names}. */
  function choices(payload, field, row) {
    if (field === "source") return payload.sources;
    if (field === "origin") return payload.origins;
    if (field === "month") return payload.months;
    const source = payload.sources.find((each) => each.code === (row && row.source));
    if (field === "key") return source ? source.options : payload.sources.flatMap((each) => each.options);
    const codes = source ? source.items : Object.keys(payload.items);
    return codes.map((code) => payload.items[code]);
  }

  /* The code meant by a text, or the text itself where it means none: nothing typed is lost. */
  function resolve(payload, field, row, text) {
    const wanted = plain(text);
    if (!wanted) return "";
    const found = choices(payload, field, row).find(
      (each) => plain(each.code) === wanted || each.names.some((name) => plain(name) === wanted)
    );
    return found ? found.code : text;
  }

  /* 0 the very name, 1 begins so, 2 holds it, 3 something else; all are alike while nothing is typed. */
  function closeness(choice, wanted) {
    const names = [choice.code].concat(choice.names).map(plain);
    const ranks = names.map((name) => {
      const at = wanted ? name.indexOf(wanted) : 0;
      return at < 0 ? 3 : at > 0 ? 2 : wanted && name !== wanted ? 1 : 0;
    });
    return Math.min(...ranks);
  }

  function display(payload, field, row, value) {
    if (!value) return "";
    const found = choices(payload, field, row).find((each) => each.code === value);
    return found ? found.name : value;
  }

  const LIST = "entry-choice-list";
  const isChoice = (field) => ["source", "item", "key", "month", "origin"].includes(field);

  /* A text field with the matching choices below it; arrows move, Enter takes, any text is kept. */
  class EntryChoiceEditor {
    init(params) {
      const payload = shuangtan.entry.payload;
      const field = params.colDef.field;
      this.params = params;
      this.all = choices(payload, field, params.data);
      this.active = -1;
      this.root = document.createElement("div");
      this.root.className = "entry-choice";
      this.input = document.createElement("input");
      this.input.className = "entry-choice-input";
      this.input.setAttribute("role", "combobox");
      this.input.setAttribute("aria-expanded", "true");
      this.input.setAttribute("aria-controls", LIST);
      this.label = params.colDef.headerName || field;
      this.input.setAttribute("aria-label", this.label);
      this.list = document.createElement("ul");
      this.list.id = this.list.className = LIST;
      this.list.setAttribute("role", "listbox");
      this.list.setAttribute("aria-label", this.label);
      this.root.append(this.input, this.list);
      const typed = params.eventKey && params.eventKey.length === 1 ? params.eventKey : null;
      this.typed = typed !== null;
      this.input.value = typed || display(payload, field, params.data, params.value);
      this.input.addEventListener("input", () => this.filter());
      this.root.addEventListener("keydown", (event) => this.key(event));
      this.filter(typed === null);
    }

    filter(showAll) {
      const wanted = showAll ? "" : plain(this.input.value);
      if (!showAll) this.typed = true;
      this.shown = this.all.filter((each) => closeness(each, wanted) < 3);
      // 烟煤 typed in full means 烟煤, and not 无烟煤 that only holds it.
      this.shown.sort((one, other) => closeness(one, wanted) - closeness(other, wanted));
      this.active = showAll ? this.all.findIndex((each) => each.code === this.params.value) : 0;
      this.list.replaceChildren(...this.shown.map((each, at) => this.option(each, at)));
      this.mark();
    }

    option(choice, at) {
      const option = document.createElement("li");
      option.id = `${LIST}-${at}`;
      option.setAttribute("role", "option");
      option.textContent = choice.name;
      option.addEventListener("mousedown", (event) => {
        event.preventDefault();
        this.active = at;
        this.take();
      });
      return option;
    }

    /* The keyboard stays in the field, so a screen reader is told which choice it stands on. */
    mark() {
      this.input.setAttribute("aria-activedescendant", this.active < 0 ? "" : `${LIST}-${this.active}`);
      Array.from(this.list.children).forEach((option, at) => {
        option.setAttribute("aria-selected", String(at === this.active));
        if (at === this.active) option.scrollIntoView({ block: "nearest" });
      });
    }

    key(event) {
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (step) {
        event.preventDefault();
        event.stopPropagation();
        this.typed = true;
        this.active = Math.min(this.shown.length - 1, Math.max(0, this.active + step));
        this.mark();
      } else if (event.key === "Enter") {
        event.stopPropagation();
        this.take();
      } else if (event.key === "Escape") {
        event.stopPropagation();
        this.close(true);
      } else if (event.key === "Tab" && this.typed) {
        this.choose();
      }
    }

    choose() {
      if (this.typed && this.shown[this.active]) this.input.value = this.shown[this.active].name;
    }

    take() {
      this.typed = true;
      this.choose();
      this.close(false);
    }

    /* A grid still busy with the cell before forgets to give the focus back. */
    close(cancel) {
      const { api, colDef, data } = this.params;
      api.stopEditing(cancel);
      shuangtan.entry.takeFocus(data._id, colDef.field, 10);
    }

    getGui() {
      return this.root;
    }

    afterGuiAttached() {
      const popup = this.root.closest("[role=dialog]");
      if (popup) popup.setAttribute("aria-label", this.label);
      this.input.focus();
      if (this.params.eventKey && this.params.eventKey.length === 1) return;
      this.input.select();
    }

    getValue() {
      const { colDef, data } = this.params;
      return resolve(shuangtan.entry.payload, colDef.field, data, this.input.value);
    }

    isPopup() {
      return true;
    }
  }

  shuangtan.entryChoices = { choices, resolve, display, isChoice };
  window.dashAgGridFunctions = window.dashAgGridFunctions || {};
  window.dashAgGridFunctions.EntryChoiceEditor = EntryChoiceEditor;
})();
