// One cell in full: what the server did, what was expected, what happened, and what there is to prove it.

const detail = document.getElementById("detail");

function definition(term, text) {
  return text ? `<dt>${term}</dt><dd>${text}</dd>` : "";
}

function list(words_, between = " or ") {
  return (words_ || []).map(escapeHtml).join(between);
}

function serverPart(id) {
  const facts = scenarios[id] || {};
  const cites = (facts.cites || []).map(withLinks).join("<br>");
  return `<h3>What the server does</h3><p>${escapeHtml(facts.about || "The results do not say.")}</p><dl>
    ${definition("phase", escapeHtml(phaseOf(id)))}
    ${definition("kind", facts.kind ? `${escapeHtml(facts.kind)}: ${escapeHtml((words.kinds.find(([word]) => word === facts.kind) || ["", ""])[1])}` : "")}
    ${definition("RFC", escapeHtml(facts.rfc || ""))}
    ${definition("seen in", cites)}</dl>`;
}

function expectedPart(item) {
  const expected = item.expected || {};
  const phases_ = list(expected.phase);
  return `<h3>What was expected</h3><p>${list(expected.outcome) || "?"}${phases_ ? ` in phase ${phases_}` : ""},
    within ${item.deadline_ms} ms, and nothing left behind.</p>${item.window ? windowSvg(item) : "<p>No task of it was judged.</p>"}`;
}

function verdictSentences(item) {
  return unique([item.verdict.deadline, ...leaksOf(item)]).filter(word => word !== "OK").map(word =>
    `<li><b>${escapeHtml(word)}</b> ${escapeHtml(sentences[word] || "")}</li>`).join("");
}

function gapPart(item) {
  if (!item.known_gap)
    return "";
  const stale = item.stale && item.stale !== "no" ? ` (the line is stale: ${escapeHtml(item.stale)})` : "";
  const where = item.known_gap_at ? ` <small>(${escapeHtml(item.known_gap_at)})</small>` : "";
  return `<p class="gap"><b>${item.as_expected ? "Known gap" : "Listed as a known gap, but that is not what happened"}${stale}:</b>
    ${withLinks(item.known_gap)}${where}</p>`;
}

function firstPart(item) {
  return item.first ? `<p class="note">First it was ${escapeHtml(verdictText(item.first))} (${escapeHtml(item.first.reason)}); then it was judged
    again alone.</p>` : "";
}

function repeatsPart(item) {
  if (!Array.isArray(item.repeats) || item.repeats.length === 0)
    return "";
  return `<table class="plain"><caption>Each time it was judged</caption><thead><tr><th scope="col">verdict</th><th scope="col">seed</th><th scope="col">where</th><th scope="col">what happened</th></tr></thead><tbody>${
    item.repeats.map(one => `<tr><td>${escapeHtml(one.verdict ? verdictText(one) : "?")}</td><td>${escapeHtml(one.seed ?? "")}</td><td>${escapeHtml(one.host || "")}</td>
      <td>${escapeHtml(one.reason || "")}</td></tr>`).join("")}</tbody></table>`;
}

function happenedPart(item) {
  const outcomes = Object.entries(item.outcomes || {}).map(([word, count]) => `${count} ${escapeHtml(word)}`).join(", ");
  const { min, p50, p99, max } = item.elapsed_ms;
  const late = item.overshoot ? `${plural(item.overshoot.count, "timeout")}: median ${timeText(item.overshoot.p50_us)}, p99
    ${timeText(item.overshoot.p99_us)}, max ${timeText(item.overshoot.max_us)}` : "";
  return `<h3>What happened</h3><ul class="verdicts">${verdictSentences(item)}</ul><p>${escapeHtml(item.reason || "")}</p>${gapPart(item)}${repeatsPart(item)}${firstPart(item)}<dl>
    ${definition("tasks", item.tasks ? `${item.tasks}${outcomes ? ": " + outcomes : ""}${item.hung ? `; ${item.hung} hung` : ""}` : "")}
    ${definition("time taken", item.tasks ? `${min} to ${max} ms, median ${p50}, p99 ${p99}` : "")}
    ${definition("overshoot", late)}
    ${definition("left open", item.witness && item.witness.open_after_settle ? plural(item.witness.open_after_settle, "connection") + ", as the server saw" : "")}
    ${definition("healthy tasks", item.controls ? `${item.controls.asked} beside them${item.controls.failed ? `, ${item.controls.failed} failed` : ""}` : "")}
    ${flatten(item.soak).map(([key, value]) => definition("soak: " + escapeHtml(key), escapeHtml(value))).join("")}
    ${definition("machine", item.noise?.slow_factor ? `slow factor ${item.noise.slow_factor.toFixed(2)}, ${Math.round((item.noise.busy || 0) * 100)} % busy` : "")}</dl>`;
}

function timelinePart(item) {
  if (!item.timeline || item.timeline.length === 0)
    return "";
  const rows = item.timeline.map(([at_ms, who, text]) =>
    `<tr class="who-${escapeHtml(who)}"><td>${at_ms.toFixed(1)}</td><td>${escapeHtml(who)}</td><td>${escapeHtml(text)}</td></tr>`);
  const more = item.timeline_dropped > 0 ? `<p class="note">${plural(item.timeline_dropped, "more entry", "more entries")} not kept.</p>` : "";
  return `<h3>Timeline</h3><table class="timeline"><thead><tr><th scope="col">ms</th><th scope="col">who</th><th scope="col">what</th></tr></thead>
    <tbody>${rows.join("")}</tbody></table>${more}`;
}

function countersPart(item) {
  const counters = Object.entries(item.growth || {});
  return counters.length > 0 ? `<h3>Counters, over the tasks</h3><div class="counters">${counters.map(counterBlock).join("")}</div>` : "";
}

function stackGroup(groupOf) {
  const frames = groupOf.frames ? groupOf.frames.join("\n") : groupOf.stack || "";
  const age = groupOf.oldest_s ? `, the oldest ${groupOf.oldest_s} s old` : "";
  return `<p><b>${groupOf.count}</b> with the same stack${age}</p><pre>${escapeHtml(frames)}</pre>`;
}

function evidencePart(item) {
  const evidence = item.evidence;
  if (!evidence)
    return "";
  const parts = (evidence.processes || []).map(process =>
    `<p>Process ${process.pid}, ${plural(process.threads || 0, "thread")}, ${plural(process.fds || 0, "descriptor")}
     ${process.note ? `<br>${escapeHtml(process.note)}` : ""}</p><pre>${escapeHtml(process.command || "")}</pre>
     ${(process.groups || []).map(stackGroup).join("")}
     <ul>${(process.fd_groups || []).map(fds => `<li>${fds.count} × ${escapeHtml(fds.what)}</li>`).join("")}</ul>`);
  const dump = Array.isArray(evidence.dump) ? evidence.dump.map(stackGroup).join("") : "";
  return `<h3>Stacks and descriptors</h3><p>${escapeHtml(evidence.summary || "")}${evidence.file ? `<br><small>${escapeHtml(evidence.file)}</small>` : ""}</p>
    ${parts.join("")}${dump ? `<h4>The runtime's own dump</h4>${dump}` : ""}`;
}

function detailHtml(id, client, item, level) {
  const shift = html => level === 2 ? html : html.replace(/<(\/?)h3/g, "<$1h4");
  const head = `<h${level}>${escapeHtml(id)} <small>${escapeHtml(client)}</small></h${level}>`;
  if (!item)
    return `${head}<p>${badge(item, "missing")} ${escapeHtml(words.classes[MISSING][1])}</p>${shift(serverPart(id))}`;
  return `${head}<p class="verdict">${badge(item, "")} <b>${escapeHtml(verdictText(item))}</b>
      <span class="class c-${className(words.classes[item.class][0])}">${escapeHtml(words.classes[item.class][0])}</span>
      <small>${escapeHtml(item.client_version || "")}</small></p>
    ${shift(serverPart(id) + expectedPart(item) + happenedPart(item) + timelinePart(item) + countersPart(item) + evidencePart(item))}
    ${item.client_stderr ? shift(`<h3>What the client wrote to stderr</h3><pre class="stderr">${escapeHtml(item.client_stderr)}</pre>`) : ""}
    ${item.repro ? shift(`<h3>To see it again</h3><pre class="repro">${escapeHtml(item.repro)}</pre>`) : ""}`;
}

function splitKey(key) {
  const cut = key.indexOf("@");
  return [key.slice(0, cut), key.slice(cut + 1)];
}

let openKey = "";

function showDetail() {
  const key = state.cell;
  if (key === openKey)
    return;
  const was = openKey;
  openKey = key;
  grid.querySelectorAll("td[aria-selected]").forEach(cell => cell.removeAttribute("aria-selected"));
  if (key === "") {
    detail.hidden = true;
    document.body.classList.remove("with-detail");
    if (was !== "")
      focusCell(at.row, at.column);
    return;
  }
  const [id, client] = splitKey(key);
  const known = ids.includes(id) && clients.includes(client);
  detail.innerHTML = `<button type="button" class="close" aria-label="Close">✕</button>` +
    (known ? detailHtml(id, client, cellOf(id, client), 2) : `<h2>No such cell</h2><p>${escapeHtml(key)}</p>`);
  detail.hidden = false;
  document.body.classList.add("with-detail");
  const row = view.rows.indexOf(id), column = view.columns.indexOf(client);
  if (row >= 0 && column >= 0) {
    focusCell(row, column);
    cellAt(row, column).setAttribute("aria-selected", "true");
  }
  detail.scrollTop = 0;
  detail.focus();
}

function startDetail() {
  detail.addEventListener("click", event => {
    if (event.target.closest(".close"))
      go({ cell: "" });
  });
  document.addEventListener("keydown", event => {
    if (event.key === "Escape" && state.cell !== "")
      go({ cell: "" });
  });
}
