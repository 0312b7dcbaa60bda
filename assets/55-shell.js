/* What the shell does in the browser: drawer, theme, navigation, charts' tables and pictures. */
(function () {
  "use strict";
  const root = document.documentElement;
  const PLACE_FILTERS = ["organization", "year", "region"];
  let looks = null;

  /* ---- navigation: mark where we are, keep the place when moving between pages ---- */
  function markNavigation() {
    const here = "/" + location.pathname.replace(/^\/+|\/+$/g, "");
    document.querySelectorAll("[data-nav]").forEach((link) => {
      if (link.dataset.nav === here) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    });
  }
  function withPlace(path) {
    const kept = new URLSearchParams();
    const now = new URLSearchParams(location.search);
    PLACE_FILTERS.forEach((name) => now.get(name) && kept.set(name, now.get(name)));
    return path + (kept.size ? "?" + kept : "");
  }
  function goTo(path) {
    history.pushState({}, "", path);
    window.dispatchEvent(new CustomEvent("_dashprivate_pushstate"));
    window.scrollTo(0, 0);
  }
  function plainClick(event) {
    return event.button === 0 && !(event.metaKey || event.ctrlKey || event.shiftKey || event.altKey);
  }
  window.addEventListener("_dashprivate_pushstate", () => setTimeout(() => { markNavigation(); openDrawer(false); }));
  window.addEventListener("popstate", () => setTimeout(markNavigation));

  function openDrawer(open) {
    const drawer = document.getElementById("shell-navigation");
    const button = document.querySelector('[data-toggle="navigation"]');
    if (!drawer || !button) return;
    drawer.toggleAttribute("data-open", open);
    button.setAttribute("aria-expanded", String(open));
    if (open) drawer.querySelector("a").focus();
  }

  /* ---- theme: the page at once, drawn charts by their template, the server for the next time ---- */
  async function loadLooks() {
    looks = looks || (await (await fetch("/theme.json")).json());
    return looks;
  }
  function recoloured(value, words) {
    if (typeof value === "string") return words.get(value.toLowerCase()) || value;
    if (Array.isArray(value)) return value.map((each) => recoloured(each, words));
    if (value && typeof value === "object" && value.constructor === Object) {
      return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, recoloured(v, words)]));
    }
    return value;
  }
  const PAINTED = ["marker", "line", "textfont", "error_y", "insidetextfont", "outsidetextfont"];
  function repaint(chart, from, to, all) {
    const words = new Map();
    Object.entries(all[from].colours).forEach(([name, colour]) => {
      if (colour.startsWith("#")) words.set(colour.toLowerCase(), all[to].colours[name]);
    });
    const data = chart.data.map((trace) => {
      const copy = { ...trace };
      PAINTED.forEach((part) => { if (copy[part]) copy[part] = recoloured(copy[part], words); });
      if (copy.fillcolor) copy.fillcolor = recoloured(copy.fillcolor, words);
      return copy;
    });
    const layout = { ...chart.layout, template: all[to].template };
    ["shapes", "annotations"].forEach((part) => { if (layout[part]) layout[part] = recoloured(layout[part], words); });
    window.Plotly.react(chart, data, layout, chart._context);
  }
  async function setTheme(name) {
    const before = root.dataset.theme;
    root.dataset.theme = name;
    document.cookie = `theme=${name}; path=/; max-age=31536000; samesite=lax`;
    fetch("/theme", { method: "POST", body: new URLSearchParams({ theme: name }) }).catch(() => {});
    const charts = document.querySelectorAll(".js-plotly-plot");
    if (window.Plotly && charts.length) {
      const all = await loadLooks();
      charts.forEach((chart) => repaint(chart, before, name, all));
    }
    window.dispatchEvent(new CustomEvent("shuangtan:theme", { detail: name }));
  }

  /* ---- charts: the same numbers as a table, and pictures that say what they show ---- */
  function showAs(button) {
    const card = button.closest(".chart-card");
    card.dataset.view = button.dataset.show;
    card.querySelectorAll("[data-show]").forEach((each) => {
      each.setAttribute("aria-pressed", String(each === button));
    });
    buildTables();
    if (button.dataset.show === "chart") {
      const chart = card.querySelector(".js-plotly-plot");
      if (chart && window.Plotly) window.Plotly.Plots.resize(chart);
    }
  }
  function make(name, properties, ...inside) {
    const element = Object.assign(document.createElement(name), properties);
    element.append(...inside);
    return element;
  }
  function filled(td, content) {
    if (typeof content === "string") td.textContent = content;
    else content.forEach(([kind, text, more = ""]) => {
      if (kind.startsWith("badge")) td.append(make("span", { className: kind, textContent: text, title: more }));
      else td.append(make(kind, kind === "a" ? { textContent: text, href: more } : { textContent: text }));
    });
    return td;
  }
  function buildTable(holder, place) {
    if (place.dataset.built === holder.dataset.table) return;
    place.dataset.built = holder.dataset.table;
    const { columns, rows } = JSON.parse(holder.dataset.table);
    const heads = columns.map(([label, unit, numeric]) => {
      const words = unit ? [label, make("span", { className: "table-unit", textContent: unit })] : [label];
      const th = make("th", { scope: "col", className: numeric ? "numeric" : "" }, make("button", { type: "button", className: "table-sort" }, ...words));
      th.setAttribute("aria-sort", "none");
      return th;
    });
    const lines = rows.map((row) => make("tr", {}, ...row.map(([content, sort], at) => {
      const td = filled(make("td", { className: columns[at][2] ? "numeric" : "" }), content);
      td.dataset.label = [columns[at][0], columns[at][1]].filter(Boolean).join(" ");
      if (sort) td.dataset.sort = sort;
      return td;
    })));
    const caption = make("caption", { className: "visually-hidden", textContent: holder.dataset.title });
    const frame = make("div", { className: "table-frame", tabIndex: 0 },
      make("table", { className: "table" }, caption, make("thead", {}, make("tr", {}, ...heads)), make("tbody", {}, ...lines)));
    frame.setAttribute("role", "region");
    frame.setAttribute("aria-label", holder.dataset.title);
    place.replaceChildren(frame);
  }
  // What lies in a closed section is built when that is opened.
  const isClosed = (place) => !!place.closest("details:not([open])");
  function buildTables() {
    document.querySelectorAll(".browser-table").forEach((place) => isClosed(place) || buildTable(place, place));
    document.querySelectorAll('.chart-card[data-view="table"]').forEach((card) => buildTable(card, card.querySelector(".chart-table")));
  }
  /* ---- formulas: a text is a number, a list begins with its kind (components/panels/formula.py) ---- */
  const SIGNS = { "1": " + ", "-1": " − " };
  function mathOf(tree) {
    if (typeof tree === "string") return [make("span", { className: "math-number", textContent: tree })];
    const [kind, ...parts] = tree;
    const within = (part) => (Array.isArray(part) && part[0] === "+" ? ["(", ...mathOf(part), ")"] : mathOf(part));
    if (kind === "i") return [make("i", {}, parts[0], ...(parts[1] ? [make("sub", { textContent: parts[1] })] : []))];
    if (kind === "*") return parts.flatMap((part, at) => [...(at ? [" × "] : []), ...within(part)]);
    // Only a first term may stand without its plus.
    if (kind === "+") return parts.flatMap(([sign, part], at) => [...(at || sign < 0 ? [SIGNS[sign]] : []), ...within(part)]);
    const [above, below] = parts.map(mathOf);
    return [make("span", { className: "math-fraction" },
      make("span", { className: "math-above" }, ...above), make("span", { className: "math-below" }, ...below))];
  }
  function buildFormulas() {
    document.querySelectorAll("[data-formula]").forEach((place) => {
      if (place.dataset.built === place.dataset.formula || isClosed(place)) return;
      place.dataset.built = place.dataset.formula;
      place.replaceChildren(...mathOf(JSON.parse(place.dataset.formula)));
    });
  }
  function wrapped(text, letters) {
    const lines = [""];
    let width = 0;
    for (const sign of text) {
      width += sign.charCodeAt(0) > 0x2e80 ? 2 : 1;
      if (width > letters && (sign === " " || sign.charCodeAt(0) > 0x2e80)) { lines.push(""); width = 0; }
      lines[lines.length - 1] += sign;
    }
    return lines;
  }
  async function picture(button) {
    const card = button.closest(".chart-card");
    const chart = card.querySelector(".js-plotly-plot");
    if (!chart) return;
    const tokens = (await loadLooks())[root.dataset.theme].colours;
    const width = 1200, height = 720;
    const lines = wrapped(card.dataset.caption + " · " + new Date().toLocaleString("zh-CN", { hour12: false }), 150);
    const layout = {
      ...chart.layout, width, height, autosize: false,
      paper_bgcolor: tokens.surface, plot_bgcolor: tokens.surface,
      title: { text: card.dataset.title, x: 0.02, xanchor: "left", y: 0.965, font: { size: 22, color: tokens.ink } },
      margin: { l: 70, r: 40, t: 96, b: 76 + 18 * lines.length },
      annotations: [...(chart.layout.annotations || []), {
        text: lines.join("<br>"), xref: "paper", yref: "paper", x: 0, y: 0, xanchor: "left", yanchor: "top", align: "left",
        yshift: -46, showarrow: false, font: { size: 12, color: tokens.muted },
      }],
    };
    window.Plotly.downloadImage({ data: chart.data, layout, config: { locale: root.lang } }, {
      format: button.dataset.picture, width, height, scale: 2, filename: card.dataset.title.replace(/[^\p{L}\p{N}]+/gu, "_"),
    });
  }

  /* ---- tables: sort by a click or the keyboard on a heading ---- */
  function cellKey(row, at) {
    const cell = row.cells[at];
    const given = cell.dataset.sort;
    const text = given !== undefined ? given : cell.textContent.trim();
    const number = Number(text);
    return text === "" || text === "—" ? null : Number.isNaN(number) ? text : number;
  }
  function compare(a, b) {
    if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1;
    if (typeof a === "number" && typeof b === "number") return a - b;
    return String(a).localeCompare(String(b), root.lang);
  }
  function sortBy(button) {
    const heading = button.closest("th");
    const body = heading.closest("table").tBodies[0];
    const down = heading.getAttribute("aria-sort") === "ascending";
    heading.parentElement.querySelectorAll("th").forEach((th) => th.setAttribute("aria-sort", "none"));
    heading.setAttribute("aria-sort", down ? "descending" : "ascending");
    const at = heading.cellIndex;
    const rows = [...body.rows].map((row, order) => ({ row, order, key: cellKey(row, at), total: row.classList.contains("total") }));
    rows.sort((a, b) => {
      if (a.total !== b.total) return a.total ? 1 : -1;
      if (a.key === null || b.key === null) return compare(a.key, b.key) || a.order - b.order;
      return (down ? -compare(a.key, b.key) : compare(a.key, b.key)) || a.order - b.order;
    });
    rows.forEach(({ row }) => body.append(row));
  }

  /* ---- what a pointer reads by hovering: a finger taps it, a keyboard reaches it ---- */
  let tip = null;
  function hideTip() {
    if (tip) tip.remove();
    tip = null;
  }
  function showTip(element) {
    hideTip();
    const text = element.getAttribute("title");
    if (!text) return;
    tip = make("div", { className: "told-tip", textContent: text });
    tip.setAttribute("role", "tooltip");
    document.body.append(tip);
    const at = element.getBoundingClientRect(), size = tip.getBoundingClientRect(), room = 12;
    const below = at.bottom + 6 + size.height < window.innerHeight;
    const left = at.left + at.width / 2 - size.width / 2;
    tip.style.left = Math.max(room, Math.min(left, window.innerWidth - size.width - room)) + "px";
    tip.style.top = (below ? at.bottom + 6 : Math.max(room, at.top - size.height - 6)) + "px";
  }
  // What does something when it is pressed needs no tip to be pressed for.
  const tipped = (target) => {
    const found = target.closest("[title], button:not(:disabled), a, summary, input, select");
    return found && found.matches("[title]:not(button:not(:disabled), a, summary, input, select)") ? found : null;
  };
  document.addEventListener("pointerup", (event) => {
    const found = event.pointerType === "mouse" ? null : tipped(event.target);
    if (found) showTip(found);
    else hideTip();
  });
  document.addEventListener("focusin", (event) => {
    const found = event.target.matches(":focus-visible") ? tipped(event.target) : null;
    if (found) showTip(found);
  });
  document.addEventListener("focusout", hideTip);
  document.addEventListener("scroll", hideTip, true);

  /* ---- one listener for all of it, for Dash replaces elements as it likes ---- */
  document.addEventListener("click", (event) => {
    const at = (selector) => event.target.closest(selector);
    const link = at("[data-nav]");
    if (link && plainClick(event)) {
      event.preventDefault();
      goTo(withPlace(link.dataset.nav));
    } else if (at('[data-toggle="navigation"]')) {
      openDrawer(!document.getElementById("shell-navigation").hasAttribute("data-open"));
    } else if (at('[data-toggle="theme"]')) {
      setTheme(root.dataset.theme === "dark" ? "light" : "dark");
    } else if (at('[data-toggle="print"]')) {
      window.print();
    } else if (at("[data-show]")) {
      showAs(at("[data-show]"));
    } else if (at("[data-picture]")) {
      picture(at("[data-picture]"));
    } else if (at(".table-sort")) {
      sortBy(at(".table-sort"));
    } else if (at('[data-close="message"]')) {
      at(".message").hidden = true;
    } else if (!at("#shell-navigation")) {
      openDrawer(false);
    }
    document.querySelectorAll(".person-menu[open]").forEach((menu) => {
      if (!menu.contains(event.target)) menu.open = false;
    });
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    hideTip();
    openDrawer(false);
    document.querySelectorAll(".person-menu[open]").forEach((menu) => { menu.open = false; });
    document.querySelectorAll(".messages .message").forEach((message) => { message.hidden = true; });
  });
  window.addEventListener("beforeprint", () => {
    const line = document.querySelector(".printed");
    if (line) line.textContent = line.dataset.text.replace("{time}", new Date().toLocaleString(root.lang, { hour12: false }));
  });

  /* ---- filters fold on a phone, and stand open where there is room ---- */
  const narrow = window.matchMedia("(max-width: 860px)");
  const seen = new WeakSet();
  function foldFilters() {
    document.querySelectorAll(".filters-drawer").forEach((drawer) => {
      if (!seen.has(drawer)) { seen.add(drawer); drawer.open = !narrow.matches; }
    });
  }
  narrow.addEventListener("change", () => document.querySelectorAll(".filters-drawer").forEach((d) => { d.open = !narrow.matches; }));

  /* ---- the server: sign in again when the session is over, say so when it is away ---- */
  const HOW_IT_STANDS = "/_reload-hash";
  const ask = window.fetch;
  window.fetch = async function (...request) {
    const address = String(request[0] && request[0].url ? request[0].url : request[0]);
    const ours = address.includes("/_dash-") || address === HOW_IT_STANDS;
    try {
      const answer = await ask.apply(this, request);
      if (ours) {
        setOffline(answer.status === 502 || answer.status === 503 || answer.status === 504);
        if (answer.status === 401) location.assign("/login?next=" + encodeURIComponent(location.pathname + location.search));
        if (answer.status === 403 || answer.status === 400 || answer.status === 413) tell(await answer.clone().json().catch(() => null));
        if (answer.status === 429) return tooOften(answer, request);
      }
      return answer;
    } catch (error) {
      if (ours && !(error && error.name === "AbortError")) setOffline(true);
      throw error;
    }
  };
  /* Asked too often: the page says when to go on. What it asks of itself to fill a place is asked again
     then; what somebody pressed is theirs to press again, and a poll comes again anyway. */
  const OF_ITSELF = /(query\.data|location\.(pathname|search|href))$/;
  const USUAL_WAIT = 10, LONGEST_WAIT = 120;
  function waitOf(answer) {
    const told = Number(answer.headers.get("Retry-After"));
    return told > 0 ? Math.min(told, LONGEST_WAIT) : USUAL_WAIT;
  }
  function whenAgain(seconds, words) {
    const place = document.getElementById("shell-messages");
    if (!place) return "";
    const at = new Date(Date.now() + seconds * 1000).toLocaleTimeString(root.lang, { hour12: false });
    return place.dataset[words].replace("{time}", at);
  }
  function changedBy(options) {
    try { return JSON.parse(options.body).changedPropIds || []; } catch (error) { return []; }
  }
  function tooOften(answer, request) {
    const changed = changedBy(request[1] || {}), seconds = waitOf(answer);
    if (changed.length && changed.every((id) => id.endsWith(".n_intervals"))) return answer;
    const again = changed.every((id) => OF_ITSELF.test(id));
    tell({ error: { what: whenAgain(seconds, again ? "goesOn" : "tooOften") } }, "watch");
    if (!again) return answer;
    // Not every page in the same instant.
    return new Promise((resolve) => setTimeout(resolve, (seconds + Math.random()) * 1000)).then(() => {
      document.querySelectorAll(".messages .message-watch").forEach((message) => { message.hidden = true; });
      return window.fetch(...request);
    });
  }
  (window.shuangtan = window.shuangtan || {}).tooOften = (answer) => whenAgain(waitOf(answer), "tooOften");
  function setOffline(away) {
    const banner = document.querySelector(".offline");
    if (!banner || banner.hidden === !away) return;
    const since = new Date().toLocaleTimeString(root.lang, { hour12: false });
    banner.querySelector(".offline-text").textContent = banner.dataset.text.replace("{since}", since);
    banner.hidden = !away;
  }
  function tell(answer, tone = "over") {
    const what = answer && answer.error && answer.error.what;
    if (!what || !window.dash_clientside || !window.dash_clientside.set_props) return;
    const part = (type, props) => ({ namespace: "dash_html_components", type, props });
    window.dash_clientside.set_props("shell-messages", {
      children: part("Div", {
        className: "message message-" + tone, role: "alert",
        children: [
          part("Span", { className: "message-mark", children: tone === "over" ? "■" : "▲" }),
          part("Div", { className: "message-text", children: part("P", { className: "message-what", children: what }) }),
          part("Button", { className: "message-close", type: "button", "data-close": "message", children: "×" }),
        ],
      }),
    });
  }

  /* ---- a wall asks by itself: each answer may bring its next token, and shows when it is ended ---- */
  let watch = null;
  function watchOver() {
    const shell = watch === null && document.querySelector("[data-asks-every]");
    if (shell) watch = setInterval(() => window.fetch(HOW_IT_STANDS).catch(() => {}), 1000 * shell.dataset.asksEvery);
  }

  let waiting = false;
  function build() { buildTables(); buildFormulas(); }
  function look() { waiting = false; watchOver(); markNavigation(); foldFilters(); build(); }
  document.addEventListener("toggle", build, true);
  new MutationObserver(() => {
    if (!waiting) { waiting = true; requestAnimationFrame(look); }
  }).observe(document.documentElement, { childList: true, subtree: true, attributes: true, attributeFilter: ["data-table", "data-formula"] });
})();
