/* The second factor: passkeys in forms, and asking for it again before something delicate. */
(function () {
  "use strict";
  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0));
  const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const named = (held) => (held || []).map((one) => ({ ...one, id: bytes(one.id) }));

  function asked(options) {
    const known = { ...options, challenge: bytes(options.challenge) };
    if (options.user) known.user = { ...options.user, id: bytes(options.user.id) };
    if (options.excludeCredentials) known.excludeCredentials = named(options.excludeCredentials);
    if (options.allowCredentials) known.allowCredentials = named(options.allowCredentials);
    return { publicKey: known };
  }
  function told(credential) {
    const response = {};
    ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"].forEach((name) => {
      if (credential.response[name]) response[name] = text(credential.response[name]);
    });
    return JSON.stringify({
      id: credential.id, rawId: text(credential.rawId), type: credential.type, response, clientExtensionResults: {},
    });
  }
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-passkey]");
    if (!button) return;
    const form = button.closest("form");
    const failed = form.querySelector("[data-passkey-failed]");
    failed.hidden = true;
    try {
      const made = await navigator.credentials[button.dataset.passkey](asked(JSON.parse(button.dataset.options)));
      form.elements.passkey.value = told(made);
    } catch (error) {
      failed.hidden = false;
      return;
    }
    form.requestSubmit();
  });

  /* ---- before something delicate the server asks for the factor again; then the same goes on ---- */
  const plain = window.fetch.bind(window);
  let asking = null;
  function prove() {
    asking = asking || ask().finally(() => { asking = null; });
    return asking;
  }
  async function ask() {
    const before = document.activeElement;
    const small = document.createElement("dialog");
    small.className = "step-up door-box";
    small.innerHTML = await (await plain("/step-up?window=1")).text();
    document.body.append(small);
    small.showModal();
    const field = small.querySelector("#code");
    if (field) field.focus();
    small.addEventListener("click", (event) => event.target.closest("[data-close]") && small.close());
    small.addEventListener("submit", (event) => { event.preventDefault(); send(small, event.target); });
    await new Promise((done) => small.addEventListener("close", done));
    small.remove();
    if (before && before.isConnected) before.focus();
    return small.returnValue === "done";
  }
  async function send(small, form) {
    const answer = await plain("/step-up", { method: "POST", body: new URLSearchParams(new FormData(form)) });
    if (answer.ok) return small.close("done");
    const told = await answer.json().catch(() => ({ error: { what: answer.statusText } }));
    const place = small.querySelector("[data-told]");
    place.textContent = told.error.what;
    place.hidden = false;
    form.reset();
    return form.querySelector("#code").focus();
  }
  async function wantsProof(answer) {
    if (answer.status !== 403) return false;
    const told = await answer.clone().json().catch(() => null);
    return Boolean(told && told.error && told.error.kind === "step_up");
  }
  window.fetch = async (...given) => {
    const answer = await plain(...given);
    if (!(await wantsProof(answer))) return answer;
    // 204 tells Dash that nothing changes.
    return (await prove()) ? window.fetch(...given) : new Response(null, { status: 204 });
  };
  async function goOn(after) {
    const state = await plain("/step-up/state").then((answer) => answer.json()).catch(() => ({ fresh: true }));
    if (state.fresh || (await prove())) after();
  }
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-step-up]");
    if (!link || link.dataset.proved) return;
    event.preventDefault();
    goOn(() => {
      link.dataset.proved = "1";
      link.click();
      delete link.dataset.proved;
    });
  });
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!("stepUp" in form.dataset)) return;
    event.preventDefault();
    goOn(() => form.submit());
  });
})();
