/* Files: one way to the server, with what is said of each; fields for files (components/forms/file_picker.py). */
(function () {
  "use strict";
  const shuangtan = (window.shuangtan = window.shuangtan || {});
  const MEGABYTE = 1024 * 1024;
  const filled = (text, places) =>
    Object.entries(places).reduce((told, [name, value]) => told.replace(`{${name}}`, value), text);

  /* Returns { told } of a file that is kept, or { refusal } in words: nothing else on the page changes. */
  async function send({ send: address, most_mb: most, texts }, file) {
    const name = file.name;
    const tooLarge = { refusal: filled(texts.too_large, { name, most }) };
    if (file.size > most * MEGABYTE) return tooLarge;
    try {
      const answer = await fetch(`${address}?name=${encodeURIComponent(name)}`, { method: "POST", body: file });
      const told = await answer.json().catch(() => null);
      if (answer.ok && told) return { told };
      if (answer.status === 429) return { refusal: shuangtan.tooOften(answer) };
      if (told && told.what) return { refusal: [told.what, told.why, told.do].filter(Boolean).join(" ") };
      // A proxy in front answers without our words.
      return answer.status === 413 ? tooLarge : { refusal: filled(texts.failed, { name }) };
    } catch (error) {
      return { refusal: filled(texts.failed, { name }) };
    }
  }
  shuangtan.uploads = { send, filled };

  function make(tag, attributes, ...children) {
    const made = document.createElement(tag);
    Object.entries(attributes).forEach(([name, value]) => made.setAttribute(name, value));
    made.append(...children);
    return made;
  }

  /* What was sent before stays chosen until something else has been kept in its place. */
  async function sendAll(place, given, chosen) {
    const say = (text) => {
      const status = document.querySelector(`[data-file-status="${place.id}"]`);
      if (status) status.textContent = text;
    };
    const kept = [], refused = [];
    // What is sent off before its files have come would go without them.
    const buttons = Array.from(place.closest("section").querySelectorAll("button:not(:disabled)"));
    buttons.forEach((button) => { button.disabled = true; });
    for (const file of chosen) {
      say(filled(given.texts.sending, { name: file.name }));
      const { told, refusal } = await send(given, file);
      if (told) kept.push(told);
      else refused.push(refusal);
    }
    buttons.forEach((button) => { button.disabled = false; });
    if (!place.isConnected) return;
    say(refused.join(" "));
    if (kept.length) window.dash_clientside.set_props(given.store, { data: kept });
  }

  function fill(place) {
    const given = JSON.parse(place.dataset.filePicker);
    const input = make("input", { type: "file", multiple: "", accept: given.accept, class: "visually-hidden" });
    input.addEventListener("change", () => {
      const chosen = Array.from(input.files);
      input.value = "";  // so that the same file can be chosen again once it was refused
      sendAll(place, given, chosen);
    });
    place.replaceChildren(input, make("span", { class: "button button-plain" }, given.texts.pick));
  }

  let waiting = false;
  new MutationObserver(() => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      document.querySelectorAll("[data-file-picker]:empty").forEach(fill);
    });
  }).observe(document.documentElement, { childList: true, subtree: true });
})();
