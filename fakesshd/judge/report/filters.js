// Filters live in the address, behind the #: a view can be linked to, and the browser's own history works.

const FILTERS = ["phase", "client", "verdict", "kind", "q"];
const state = { phase: "", client: "", verdict: "", kind: "", q: "", cell: "" };

function readHash() {
  const hash = location.hash.slice(1);
  if (hash !== "" && !hash.includes("="))
    return; // the name of a part of the page
  const read = new URLSearchParams(hash);
  for (const key of Object.keys(state))
    state[key] = read.get(key) || "";
}

function hashOf(some) {
  const parts = Object.entries(some).filter(([, value]) => value !== "")
    .map(([key, value]) => key + "=" + encodeURIComponent(value).replace(/%2F/g, "/").replace(/%40/g, "@"));
  return parts.length > 0 ? "#" + parts.join("&") : "#";
}

// A change of a filter replaces the entry of the history; to open a cell makes a new one.
function go(changes, replace) {
  const target = hashOf({ ...state, ...changes });
  if (target === location.hash || (target === "#" && location.hash === ""))
    return;
  if (replace) {
    history.replaceState(null, "", target);
    onHash();
  } else {
    location.hash = target;
  }
}

function optionsOf(list) {
  return list.map(([value, text]) => `<option value="${escapeHtml(value)}">${escapeHtml(text)}</option>`).join("");
}

function group(label, list) {
  return list.length > 0 ? `<optgroup label="${label}">${optionsOf(list)}</optgroup>` : "";
}

function verdictOptions() {
  const present = new Set(["missing"]);
  for (const item of allCells()) {
    present.add(words.classes[classOf(item)][0]);
    if (item) {
      present.add(item.verdict.deadline);
      item.verdict.cleanup.forEach(word => present.add(word));
    }
  }
  const here = list => list.filter(([word]) => present.has(word) && word !== "OK").map(([word]) => [word, word]);
  return group("As expected?", here(words.classes)) + group("Deadline", [["OK", "OK: kept, and clean"], ...here(words.deadline)]) +
    group("Cleanup", here(words.cleanup));
}

function drawFilters() {
  const select = (name, label, options) =>
    `<label>${label}<select name="${name}"><option value="">all</option>${options}</select></label>`;
  document.getElementById("filters").innerHTML =
    select("phase", "Phase", optionsOf(phases.map(word => [word, word]))) +
    select("client", "Client", optionsOf(clients.map(word => [word, word]))) +
    select("verdict", "Verdict", verdictOptions()) +
    select("kind", "Kind of fault", optionsOf(kinds.map(word => [word, word]))) +
    `<label class="wide">Text<input type="search" name="q" autocomplete="off" spellcheck="false"
      placeholder="in ids, what the server does, reasons"></label>
     <button type="reset">Clear</button>`;
}

function showFilters() {
  const form = document.getElementById("filters");
  for (const name of FILTERS) {
    if (form.elements[name].value !== state[name])
      form.elements[name].value = state[name];
  }
  form.querySelector("[type=reset]").disabled = FILTERS.every(name => state[name] === "");
  document.querySelectorAll("#tiles button").forEach(tile =>
    tile.setAttribute("aria-pressed", String(tile.dataset.verdict === state.verdict)));
}

function matchesVerdict(item) {
  if (state.verdict === "")
    return true;
  if (words.classes[classOf(item)][0] === state.verdict)
    return true;
  if (!item)
    return false;
  if (state.verdict === "OK")
    return verdictText(item) === "OK";
  return item.verdict.deadline === state.verdict || item.verdict.cleanup.includes(state.verdict);
}

function matchesText(id, item, needle) {
  return needle === "" || id.toLowerCase().includes(needle) ||
    (scenarios[id]?.about || "").toLowerCase().includes(needle) ||
    (item?.reason || "").toLowerCase().includes(needle);
}

// The rows, columns and single cells that the filters leave. A row stays when one of its cells does.
function filtered() {
  const columns = clients.filter(client => state.client === "" || client === state.client);
  const needle = state.q.trim().toLowerCase();
  const shown = new Set();
  const rows = ids.filter(id => {
    if ((state.phase !== "" && phaseOf(id) !== state.phase) || (state.kind !== "" && kindOf(id) !== state.kind))
      return false;
    let any = false;
    for (const client of columns) {
      const item = cellOf(id, client);
      if (matchesVerdict(item) && matchesText(id, item, needle)) {
        shown.add(id + "@" + client);
        any = true;
      }
    }
    return any;
  });
  return { rows, columns, shown };
}

function startFilters() {
  const form = document.getElementById("filters");
  const take = () => go(Object.fromEntries(FILTERS.map(name => [name, form.elements[name].value])), true);
  form.addEventListener("input", take);
  form.addEventListener("submit", event => event.preventDefault());
  form.addEventListener("reset", event => {
    event.preventDefault();
    go(Object.fromEntries(FILTERS.map(name => [name, ""])), true);
  });
  document.getElementById("tiles").addEventListener("click", event => {
    const tile = event.target.closest("button");
    if (tile)
      go({ verdict: state.verdict === tile.dataset.verdict ? "" : tile.dataset.verdict }, true);
  });
}
