/* Passkeys in the forms of sign-in: the browser makes or uses one, the form carries it. */
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
})();
