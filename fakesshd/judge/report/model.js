// The data, and questions to them. Nothing here touches the page.

const data = JSON.parse(document.getElementById("data").textContent);
const results = data.results;
const words = data.words;
const MISSING = words.classes.findIndex(([word]) => word === "missing");

const sentences = Object.fromEntries(
  ["deadline", "cleanup", "states"].flatMap(list => words[list].map(([word, sentence]) => [word, sentence])));

function unique(list) {
  return [...new Set(list)];
}

// What has facts was to be judged, whether there is a case of it or not.
const scenarios = results.scenarios || {};
const clients = unique([...Object.keys(results.clients || {}), ...results.cases.map(item => item.client)]);
const ids = unique([...Object.keys(scenarios), ...results.cases.map(item => item.id)]);

function phaseOf(id) {
  return scenarios[id]?.phase || id.split("/")[0];
}

function kindOf(id) {
  return scenarios[id]?.kind || "?";
}

// Phases in the order of the protocol; what is no phase (healthy, sweep) comes after them.
const phaseOrder = new Map(words.phases.map(([word], index) => [word, index]));
const phases = unique(ids.map(phaseOf)).sort((a, b) =>
  (phaseOrder.get(a) ?? 99) - (phaseOrder.get(b) ?? 99) || (a < b ? -1 : a > b ? 1 : 0));
const kinds = unique(ids.map(kindOf)).sort();

const cells = new Map(results.cases.map(item => [item.id + "@" + item.client, item]));

function cellOf(id, client) {
  return cells.get(id + "@" + client);
}

function classOf(item) {
  return item ? item.class : MISSING;
}

function leaksOf(item) {
  return item.verdict.cleanup.filter(word => word !== "OK");
}

// "HUNG+LEAK_FD", as everywhere else.
function verdictText(item) {
  if (!item)
    return "missing";
  const leaks = leaksOf(item);
  const flaky = item.verdict.flaky;
  if (flaky)
    return `${item.verdict.deadline}(${flaky.k}/${flaky.n})`;
  const kept = item.verdict.deadline === "OK" && leaks.length > 0;
  return [...(kept ? [] : [item.verdict.deadline]), ...leaks].join("+");
}

function countClasses(items) {
  const counts = words.classes.map(() => 0);
  for (const item of items)
    counts[classOf(item)]++;
  return counts;
}

// All cells of a matrix, those that are missing as undefined.
function* allCells(someIds = ids, someClients = clients) {
  for (const id of someIds)
    for (const client of someClients)
      yield cellOf(id, client);
}

// ---- overshoot ----

// One histogram of several: the buckets are the same everywhere.
function mergeOvershoot(items) {
  const buckets = new Map();
  const merged = { count: 0, before: 0, min: Infinity, max: -Infinity };
  for (const { overshoot } of items) {
    if (!overshoot)
      continue;
    merged.count += overshoot.count;
    merged.before += overshoot.before;
    merged.min = Math.min(merged.min, overshoot.min_us);
    merged.max = Math.max(merged.max, overshoot.max_us);
    for (const [low, high, count] of overshoot.buckets)
      buckets.set(low, [low, high, count + (buckets.get(low)?.[2] || 0)]);
  }
  merged.buckets = [...buckets.values()].sort((a, b) => a[0] - b[0]);
  return merged;
}

function quantile(merged, part) {
  const wanted = Math.ceil(part * merged.count);
  let seen = merged.before;
  if (seen > 0 && seen >= wanted)
    return merged.min;
  for (const [, high, count] of merged.buckets) {
    seen += count;
    if (seen >= wanted)
      return Math.min(high - 1, merged.max);
  }
  return merged.max;
}

// ---- text ----

function escapeHtml(text) {
  return String(text ?? "").replace(/[&<>"']/g, letter =>
    ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" })[letter]);
}

function timeText(us) {
  const size = Math.abs(us);
  if (size < 1000)
    return us + " µs";
  if (size < 10000)
    return (us / 1000).toFixed(1) + " ms";
  return size < 1e6 ? Math.round(us / 1000) + " ms" : (us / 1e6).toFixed(size < 1e7 ? 2 : 1) + " s";
}

function msText(ms) {
  return timeText(Math.round(ms * 1000));
}

function plural(count, one, many = one + "s") {
  return `${count.toLocaleString("en")} ${count === 1 ? one : many}`;
}

// An address in a text becomes a link; nothing else does.
function withLinks(text) {
  return escapeHtml(text).replace(/https?:\/\/[^\s<>"')\]]*[^\s<>"')\].,;:]/g, address =>
    `<a href="${address}" rel="noreferrer noopener">${address}</a>`);
}
