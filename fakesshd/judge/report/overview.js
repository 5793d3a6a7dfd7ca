// What is around the matrix: how the run went, how many cells are what, the clients, their timers.

function drawBanner() {
  const banner = document.getElementById("banner");
  const problems = [];
  if (!results.complete)
    problems.push(`<b>This run is incomplete</b>${results.incomplete_why ? `: ${escapeHtml(results.incomplete_why)}` : ""}.
      What is missing was not judged, and is no pass.`);
  if (results.shard)
    problems.push(`<b>This is part ${results.shard.index} of ${results.shard.count}.</b> The cells of the others are missing here;
      <code>fakesshd report --merge</code> puts all together.`);
  if (results.cases.length === 0)
    problems.push("<b>Nothing was judged.</b>");
  banner.innerHTML = problems.map(text => `<p role="alert">${text}</p>`).join("");
  document.getElementById("subtitle").textContent = [results.tool, results.began && `begun ${results.began.replace("T", " ").replace("Z", " UTC")}`,
    plural(ids.length, "id") + " × " + plural(clients.length, "client"), results.complete ? "complete" : "INCOMPLETE"]
    .filter(Boolean).join(" · ");
  document.title = `fakesshd: ${plural(results.cases.length, "case")}${results.complete ? "" : ", incomplete"}`;
}

function drawTiles() {
  const counts = countClasses(allCells());
  document.getElementById("tiles").innerHTML = words.classes.map(([word, sentence, many], index) =>
    counts[index] > 0 || ["ok", "unexpected", "missing"].includes(word)
      ? `<button type="button" class="tile t-${className(word)}" data-verdict="${word}" aria-pressed="false" title="${escapeHtml(sentence)}">
         <b>${counts[index].toLocaleString("en")}</b> ${escapeHtml(counts[index] === 1 ? word : many)}</button>` : "").join("");
}

// ---- the clients ----

function timerCell(client, phase) {
  const known = data.timers[client]?.[phase];
  if (!known)
    return `<td class="timer tm-unknown" aria-label="${phase}: not judged">·</td>`;
  const told = Object.entries(known).filter(([key]) => key !== "timer").map(([key, word]) => `${key}: ${word}`).join(", ");
  return `<td class="timer tm-${className(known.timer)}" title="${escapeHtml(told)}"><span>${escapeHtml(known.timer)}</span></td>`;
}

function leakSummary(client) {
  const counts = new Map();
  for (const item of results.cases) {
    if (item.client === client)
      leaksOf(item).forEach(word => counts.set(word, (counts.get(word) || 0) + 1));
  }
  return [...counts].map(([word, count]) => `${escapeHtml(leakWord(word))} in ${count}`).join(", ") || "none seen";
}

function clientRow(client) {
  const facts = (results.clients || {})[client] || {};
  const mine = results.cases.filter(item => item.client === client);
  const counts = countClasses(allCells(ids, [client]));
  const deadlines = unique(mine.map(item => item.deadline_ms)).sort((a, b) => a - b);
  const version = facts.version || mine.find(item => item.client_version)?.client_version || "?";
  const bars = words.classes.map(([word, , many], index) =>
    counts[index] > 0 ? `<li class="c-${className(word)}">${counts[index]} ${escapeHtml(counts[index] === 1 ? word : many)}</li>` : "").join("");
  return `<article><h3>${escapeHtml(client)} <small>${escapeHtml(version)}</small></h3>
    <ul class="counts">${bars}</ul><dl>
    ${definition("leaks", leakSummary(client))}
    ${definition("deadline", deadlines.map(ms => ms + " ms").join(", ") + (facts.claims ? `; claims ${facts.claims === "none" ? "no deadline" : "one over: " + escapeHtml(facts.claims)}` : ""))}
    ${definition("adapter", facts.kind === "template" ? "a process for each task" : facts.kind === "driver" ? "a driver, one process for many tasks" : "")}
    ${facts.grace_ms ? definition("grace", facts.grace_ms + " ms, as its manifest says") : ""}</dl>
    ${facts.argv ? `<details><summary>Adapter settings</summary><pre>${escapeHtml(facts.argv.join(" "))}</pre>
      ${facts.settings ? `<p>${withLinks(facts.settings)}</p>` : ""}</details>` : ""}</article>`;
}

function drawClients() {
  const timed = phases.filter(phase => clients.some(client => data.timers[client]?.[phase]));
  const key = words.timers.map(([word, sentence]) =>
    `<li><span class="timer tm-${className(word)}"><span>${escapeHtml(word)}</span></span> ${escapeHtml(sentence)}</li>`).join("");
  document.querySelector("#clients > div").innerHTML = (timed.length > 0 ? `<p class="note">Which timer ends a wait, by phase: told from
    silence, and from bytes that keep coming without progress. In phase keepalive the silence is that of phase data.</p><div class="wide-table" tabindex="0" role="group"
    aria-label="Timers by client and phase"><table class="timers">
    <thead><tr><th scope="col">client</th>${timed.map(phase => `<th scope="col">${escapeHtml(phase)}</th>`).join("")}</tr></thead>
    <tbody>${clients.map(client => `<tr><th scope="row">${escapeHtml(client)}</th>${timed.map(phase => timerCell(client, phase)).join("")}</tr>`).join("")}</tbody>
    </table></div><ul class="key">${key}</ul>` : "<p>No case of silence or dribble is among the results: nothing is known of timers.</p>") +
    `<div class="cards">${clients.map(clientRow).join("")}</div>`;
}

// ---- overshoot ----

function histogramRow(client, merged, tallest) {
  const numbers = [.5, .9, .99].map(part => timeText(quantile(merged, part)));
  const label = `${client}: ${merged.count} timeouts, median ${numbers[0]}, p99 ${numbers[2]}`;
  return `<tr><th scope="row">${escapeHtml(client)}</th><td class="pic">${histogramSvg(merged, tallest, label)}</td>
    <td>${merged.count.toLocaleString("en")}</td>${numbers.map(text => `<td>${text}</td>`).join("")}<td>${timeText(merged.max)}</td>
    <td>${merged.before > 0 ? merged.before : ""}</td></tr>`;
}

function drawOvershoot() {
  const all = [];
  for (const phase of phases)
    for (const client of clients) {
      const merged = mergeOvershoot(results.cases.filter(item => item.client === client && phaseOf(item.id) === phase));
      if (merged.count > 0)
        all.push({ phase, client, merged });
    }
  const tallest = tallestShare(all.map(one => one.merged));
  const parts = unique(all.map(one => one.phase)).map(phase => `<div class="wide-table" tabindex="0" role="group" aria-label="Overshoot in ${escapeHtml(phase)}">
    <table class="overshoots"><caption>${escapeHtml(phase)}</caption><thead><tr><th scope="col">client</th><th scope="col" class="pic">${axisSvg()}</th>
    <th scope="col">timeouts</th><th scope="col">p50</th><th scope="col">p90</th><th scope="col">p99</th><th scope="col">max</th><th scope="col">too early</th></tr></thead>
    <tbody>${all.filter(one => one.phase === phase).map(one => histogramRow(one.client, one.merged, tallest)).join("")}</tbody></table></div>`);
  document.querySelector("#overshoot > div").innerHTML = parts.length > 0
    ? `<p class="note">Buckets of an eighth of a doubling; the same scale everywhere, heights as shares of a client's timeouts.
       Lines: median and 99th percentile. Tasks that hung have no overshoot, and are not here.</p>${parts.join("")}`
    : "<p>No task of these results ended with a timeout.</p>";
}

// ---- the run ----

function flatten(object, prefix = "") {
  return Object.entries(object || {}).flatMap(([key, value]) =>
    value !== null && typeof value === "object" && !Array.isArray(value) ? flatten(value, prefix + key + " ")
      : [[(prefix + key).replace(/_/g, " "), Array.isArray(value) ? value.join(", ") : value]]);
}

function runPart(part, title) {
  const machine = part.machine || {};
  const rows = [
    ["tool", part.tool], ["complete", part.complete ? "yes" : `no: ${part.incomplete_why || "not known why"}`],
    ["begun", part.began], ["took", part.wall_ms === undefined ? "" : msText(part.wall_ms)],
    ["machine", machine.cpu ? `${machine.cpus} × ${machine.cpu}, ${machine.arch}` : ""],
    ["kernel", machine.kernel ? `${machine.system} ${machine.kernel}` : part.host],
    ["profile of tasks", part.profile], ["seed", part.seed],
    ...flatten(part.noise).map(([key, value]) => ["noise: " + key, typeof value === "number" && !Number.isInteger(value) ? value.toFixed(3) : value]),
  ];
  return `${title ? `<h3>${escapeHtml(title)}</h3>` : ""}<dl class="facts">${rows.filter(([, value]) => value !== undefined && value !== null && value !== "")
    .map(([key, value]) => definition(escapeHtml(key), escapeHtml(value))).join("")}</dl>`;
}

function drawRun() {
  const parts = Array.isArray(results.parts) ? results.parts : [];
  document.querySelector("#run > div").innerHTML = runPart(results, parts.length > 0 ? "All together" : "") +
    parts.map((part, index) => runPart(part, `Part ${index + 1} of ${parts.length}: ${part.host || ""}`)).join("");
}
