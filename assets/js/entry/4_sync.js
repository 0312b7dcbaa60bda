/* Between the entry grid and the server: check while typing, drafts, conflicts, submission.
 * One request of a kind is on its way at a time; the next one carries the newest rows (4.2 a). */
(function () {
  "use strict";
  const shuangtan = window.shuangtan;
  const entry = shuangtan.entry;
  const CHECK_AFTER_MS = 300;
  const SAVE_AFTER_MS = 2500;
  const GIVE_UP_AFTER_MS = 20000;
  const sync = (entry.sync = {});

  function begin(payload) {
    Object.assign(sync, {
      revision: payload.revision,
      savedSerial: entry.model.serial,
      sent: new Map(),
      checking: null,
      saving: null,
      conflict: null,
      failed: false,
      afterSave: null,
      counts: null,
      savedAt: "",
    });
    entry.model.listeners.push(changed);
    restore(payload);
    check();
    showState();
    showMethod();
  }

  function showMethod() {
    document.querySelectorAll("[data-entry-method]").forEach((chooser) => {
      chooser.value = chooser.dataset.entryMethod;
      chooser.disabled = !entry.payload.editable;
    });
  }

  const isDirty = () => !!entry.model && entry.payload.editable && entry.model.serial !== sync.savedSerial;
  const shown = (payload) => document.querySelector(`[data-entry-root="${payload.ids.grid}"]`);
  const onScreen = () => entry.payload && shown(entry.payload);

  /* Nothing is asked for a page that is gone: the answer would have no place to go to. */
  function send(name, data) {
    if (!onScreen()) return;
    const { ids, organization, year } = entry.payload;
    try {
      window.dash_clientside.set_props(ids[name], { data: Object.assign({ organization, year }, data) });
    } catch (error) {
      // Dash has put another page in its place, which the browser is about to show.
      console.info(error.message);
    }
  }

  function changed() {
    keepCopy();
    clearTimeout(sync.checkTimer);
    clearTimeout(sync.saveTimer);
    sync.checkTimer = setTimeout(check, CHECK_AFTER_MS);
    sync.saveTimer = setTimeout(() => save(), SAVE_AFTER_MS);
    sync.counts = null;
    showState();
  }

  /* What is not yet on the server survives a reload of this tab, and nothing longer. */
  const copyKey = () => "shuangtan-entry:" + entry.payload.key;

  function keepCopy() {
    const copy = { revision: sync.revision, rows: entry.model.content().rows };
    try {
      window.sessionStorage.setItem(copyKey(), JSON.stringify(copy));
    } catch (error) {
      // A full or forbidden storage only costs the copy: the draft still goes to the server.
      entry.announce(entry.payload.texts.no_copy);
    }
  }

  function restore(payload) {
    const text = window.sessionStorage.getItem(copyKey());
    if (!text || !payload.editable) return;
    const copy = JSON.parse(text);
    if (same(copy.rows, payload.rows)) return;
    // Saving with the revision the copy began from tells us when others saved meanwhile.
    sync.revision = copy.revision;
    entry.model.replace(copy.rows.map((row) => entry.model.withId(row)));
    entry.announce(payload.texts.restored);
  }

  const canonical = (rows) =>
    JSON.stringify(rows.map((row) => Object.entries(row).filter((pair) => pair[1] !== "").sort()));
  const same = (left, right) => canonical(left) === canonical(right);

  const waiting = (request) => request && Date.now() - request.at < GIVE_UP_AFTER_MS;

  function check() {
    if (!entry.payload || waiting(sync.checking)) return;
    const { ids, rows } = entry.model.content();
    const serial = entry.model.serial;
    sync.checking = { serial, at: Date.now() };
    sync.sent.set(serial, ids);
    setTimeout(checkOverdue, GIVE_UP_AFTER_MS, sync.checking);
    send("check", { serial, rows, ids, lines: ids.map((id) => entry.model.position(id) + 1) });
  }

  /* A pasted block is complete; only while somebody types is it worth waiting for more. */
  sync.checkNow = () => {
    clearTimeout(sync.checkTimer);
    check();
  };

  function checkOverdue(asked) {
    if (sync.checking !== asked) return;
    sync.checking = null;
    if (onScreen()) check();
  }

  function checked(answer) {
    if (!answer || !entry.payload || !sync.checking || answer.key !== entry.payload.key) return;
    const ids = sync.sent.get(answer.serial);
    if (!ids) return;
    sync.sent.clear();
    sync.checking = null;
    const problems = new Map();
    answer.problems.forEach((problem) => {
      const id = ids[problem.record];
      // A problem of the whole entry stands in no cell; the list beside the grid tells it.
      if (!id) return;
      const cells = problems.get(id) || {};
      const worse = !cells[problem.field] || problem.severity === "error";
      problems.set(id, worse ? Object.assign(cells, { [problem.field]: problem }) : cells);
    });
    entry.mark(problems);
    if (answer.serial !== entry.model.serial) check();
    else sync.counts = answer.counts;
    showState();
  }

  function save(revision) {
    if (!entry.payload || !isDirty() || waiting(sync.saving) || (sync.conflict && !revision)) return;
    if (revision) {
      sync.revision = revision;
      sync.conflict = null;
    }
    const serial = entry.model.serial;
    sync.saving = { serial, at: Date.now() };
    sync.failed = false;
    send("save", { serial, revision: sync.revision, rows: entry.model.content().rows });
    setTimeout(() => saveOverdue(serial), GIVE_UP_AFTER_MS);
    showState();
  }

  function saveOverdue(serial) {
    if (!sync.saving || sync.saving.serial !== serial) return;
    sync.saving = null;
    sync.failed = true;
    sync.afterSave = null;
    showState();
    sync.saveTimer = setTimeout(() => save(), SAVE_AFTER_MS);
  }

  function saved(answer) {
    if (!answer || !sync.saving || answer.key !== entry.payload.key) return;
    sync.saving = null;
    if (answer.conflict || answer.refused) {
      sync.conflict = answer.conflict || null;
      sync.failed = !!answer.refused;
      sync.afterSave = null;
    } else {
      sync.revision = answer.revision;
      sync.savedSerial = answer.serial;
      sync.savedAt = answer.saved_at;
      if (isDirty()) save();
      else window.sessionStorage.removeItem(copyKey());
    }
    if (!isDirty()) onceSaved();
    showState();
  }

  /* Submitting and changing the method act on what the server holds, so it is brought there first. */
  function whenSaved(action) {
    sync.afterSave = action;
    if (isDirty()) save();
    else onceSaved();
  }

  function onceSaved() {
    const action = sync.afterSave;
    sync.afterSave = null;
    if (action) action();
  }

  const submit = () => send("submit", { revision: sync.revision, at: Date.now() });

  function stateText() {
    const texts = entry.payload.texts;
    if (!entry.payload.editable) return ["closed", texts.closed];
    if (sync.conflict) return ["conflict", sync.conflict];
    if (sync.saving) return ["saving", texts.saving];
    if (sync.failed) return ["failed", texts.failed];
    if (isDirty()) return ["dirty", texts.dirty];
    if (sync.savedAt) return ["saved", texts.saved.replace("{time}", sync.savedAt)];
    return sync.revision ? ["saved", texts.stored] : ["none", texts.empty];
  }

  function reasonText() {
    const texts = entry.payload.texts;
    if (!entry.payload.may_submit) return entry.payload.why_not || " ";
    if (!entry.model.content().rows.length) return texts.nothing_yet;
    if (!sync.counts) return texts.checking;
    if (sync.counts.error) return texts.has_errors.replace("{count}", sync.counts.error);
    return sync.conflict ? texts.conflict_first : "";
  }

  function showState() {
    const [kind, text] = stateText();
    document.querySelectorAll("[data-entry-status]").forEach((place) => {
      place.dataset.kind = kind;
      place.textContent = text;
    });
    const reason = reasonText();
    document.querySelectorAll("[data-entry-submit]").forEach((button) => (button.disabled = !!reason));
    document.querySelectorAll("[data-entry-reason]").forEach((place) => (place.textContent = reason));
    document.querySelectorAll('[data-entry-action="save"]').forEach((button) => {
      button.disabled = !isDirty() || !!sync.saving || !!sync.conflict;
    });
    document.querySelectorAll("[data-entry-conflict]").forEach((box) => (box.hidden = !sync.conflict));
  }

  const dialog = () => document.querySelector("[data-entry-dialog]");

  const actions = {
    save: () => save(),
    "ask-submit": () => {
      const count = sync.counts ? sync.counts.warning : 0;
      const warned = entry.payload.texts.has_warnings.replace("{count}", count);
      dialog().querySelector("[data-entry-warned]").textContent = count ? warned : "";
      dialog().showModal();
    },
    "cancel-submit": () => dialog().close(),
    "confirm-submit": () => {
      dialog().close();
      whenSaved(submit);
    },
    // The newest revision is what the draft of the others has; ours is written over it knowingly.
    "keep-mine": () => save(entry.payload.newest || sync.revision + 1),
    "take-theirs": () => {
      window.sessionStorage.removeItem(copyKey());
      sync.savedSerial = entry.model.serial;
      window.location.reload();
    },
  };

  document.addEventListener("click", (event) => {
    const hit = event.target.closest && event.target.closest("[data-entry-action]");
    const action = hit && entry.payload && actions[hit.dataset.entryAction];
    if (action) action();
  });

  // Leaving by a link takes what is typed to the server first.
  document.addEventListener(
    "click",
    (event) => {
      const link = event.target.closest && event.target.closest("a[href]");
      if (link && onScreen() && isDirty()) save();
    },
    true
  );

  document.addEventListener("click", (event) => {
    const offer = event.target.closest && event.target.closest("[data-entry-choose]");
    if (!offer) return;
    const { entryChoose, entryOrganization, entryYear, entryRevision } = offer.dataset;
    window.dash_clientside.set_props(offer.dataset.entryStore, {
      data: {
        method: entryChoose,
        organization: Number(entryOrganization),
        year: Number(entryYear),
        revision: Number(entryRevision),
      },
    });
  });

  document.addEventListener("change", (event) => {
    if (!event.target.matches || !event.target.matches("[data-entry-method]")) return;
    const method = event.target.value;
    whenSaved(() => send("method", { method, revision: sync.revision }));
  });

  /* What is told of the rows as a whole is kept with them, as soon as they would be. */
  document.addEventListener("input", (event) => {
    const papers = event.target.closest && event.target.closest("[data-entry-papers]");
    if (papers && onScreen() && entry.payload.editable) entry.model.touch();
  });

  window.addEventListener("beforeunload", (event) => {
    if (onScreen() && isDirty()) {
      event.preventDefault();
    }
  });

  /* Who goes on to another year before the grid stands must find that year in it, and no other. */
  function openWhenDrawn(payload) {
    const opened = (api) => {
      if (!shown(payload)) return;
      entry.open(payload, api);
      begin(payload);
    };
    window.dash_ag_grid.getApiAsync(payload.ids.grid).then(opened, () => null);
  }

  window.dash_clientside = window.dash_clientside || {};
  window.dash_clientside.shuangtan_entry = {
    open: (payload) => {
      if (payload) openWhenDrawn(payload);
      return window.dash_clientside.no_update;
    },
    checked: (answer) => {
      checked(answer);
      return window.dash_clientside.no_update;
    },
    saved: (answer) => {
      if (answer && answer.newest && entry.payload) entry.payload.newest = answer.newest;
      saved(answer);
      return window.dash_clientside.no_update;
    },
  };
})();
