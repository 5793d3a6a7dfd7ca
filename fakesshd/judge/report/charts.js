// Pictures, as SVG: how late timeouts came, where a case's times lie in its window, counters over tasks.

// ---- overshoot, all on one scale ----

const SCALE = { from: 100, to: 1e8, width: 320, height: 44 }; // microseconds, logarithmic

function scaleX(us) {
  const part = Math.log(Math.max(us, SCALE.from) / SCALE.from) / Math.log(SCALE.to / SCALE.from);
  return Math.min(part, 1) * SCALE.width;
}

// The range that all of the page's histograms share.
function chooseScale() {
  const all = mergeOvershoot(results.cases);
  if (all.buckets.length === 0)
    return;
  SCALE.from = 10 ** Math.floor(Math.log10(Math.max(all.buckets[0][0], 10)));
  SCALE.to = 10 ** Math.ceil(Math.log10(Math.max(all.max, SCALE.from * 10) * 1.01));
}

// Eighths of a doubling are drawn as they are; the tallest share of all histograms is the full height.
function histogramSvg(merged, tallest, label) {
  const bars = merged.buckets.map(([low, high, count]) => {
    const x = scaleX(low), width = Math.max(scaleX(high) - x - .4, 1.2);
    const height = Math.max(SCALE.height * (count / merged.count) / tallest, 1);
    return `<rect x="${x.toFixed(1)}" y="${(SCALE.height - height).toFixed(1)}" width="${width.toFixed(1)}" height="${height.toFixed(1)}"/>`;
  });
  const marks = [.5, .99].map(part => {
    const x = scaleX(quantile(merged, part)).toFixed(1);
    return `<line class="p" x1="${x}" x2="${x}" y1="0" y2="${SCALE.height}"/>`;
  });
  return `<svg class="histogram" viewBox="0 0 ${SCALE.width} ${SCALE.height}" preserveAspectRatio="none" role="img"
    aria-label="${escapeHtml(label)}">${decades().map(us =>
      `<line class="grid" x1="${scaleX(us)}" x2="${scaleX(us)}" y1="0" y2="${SCALE.height}"/>`).join("")}
    ${bars.join("")}${marks.join("")}</svg>`;
}

function decades() {
  const list = [];
  for (let us = SCALE.from; us <= SCALE.to * 1.001; us *= 10)
    list.push(us);
  return list;
}

function axisSvg() {
  return `<svg class="axis" viewBox="0 0 ${SCALE.width} 14" aria-hidden="true">${decades().map((us, index, list) =>
    `<text x="${scaleX(us)}" y="11" text-anchor="${index === 0 ? "start" : index === list.length - 1 ? "end" : "middle"}">` +
    `${us < 1000 ? us + " µs" : us < 1e6 ? us / 1000 + " ms" : us / 1e6 + " s"}</text>`).join("")}</svg>`;
}

function tallestShare(histograms) {
  let tallest = 0;
  for (const merged of histograms)
    for (const [, , count] of merged.buckets)
      tallest = Math.max(tallest, count / merged.count);
  return tallest || 1;
}

// ---- the window of a case ----

// The times between two bounds are to scale, the parts beside each other are not: else a reader would see
// nothing but the wait for a hang.
const PARTS = [0, .3, .58, .9, 1];

function windowSvg(item) {
  const { early_ms: early, deadline_ms: deadline, late_ms: late, hung_ms: hung } = item.window;
  const { min, p50, max } = item.elapsed_ms;
  const width = 600, bounds = [0, early, late, hung, Math.max(hung * 1.3, max)];
  const x = ms => {
    const part = Math.max(0, bounds.findIndex((bound, index) => index > 0 && ms <= bound) - 1);
    const share = (Math.min(ms, bounds[4]) - bounds[part]) / (bounds[part + 1] - bounds[part]);
    return (PARTS[part] + share * (PARTS[part + 1] - PARTS[part])) * width;
  };
  const zone = (part, name, text) => {
    const from = PARTS[part] * width, to = PARTS[part + 1] * width;
    return `<rect class="zone z-${name}" x="${from}" y="14" width="${to - from}" height="20"/>
      <text x="${(from + to) / 2}" y="28" text-anchor="middle">${text}</text>`;
  };
  const tick = (ms, anchor, shift) => `<text class="tick" x="${(x(ms) + shift).toFixed(1)}" y="10" text-anchor="${anchor}">${msText(ms)}</text>`;
  const bar = item.tasks > 0 ? `<line class="range" x1="${x(min)}" x2="${Math.max(x(max), x(min) + 3)}" y1="43" y2="43"/>
    <circle class="median" cx="${x(p50)}" cy="43" r="4"/>` : "";
  return `<svg class="window" viewBox="0 0 ${width} 52" role="img" aria-label="Tasks ended after ${min} to ${max} ms, half of them
    by ${p50} ms; early before ${early} ms, late after ${late} ms, hung from ${hung} ms on">
    ${zone(0, "early", "early")}${zone(1, "ok", "in time")}${zone(2, "late", "late")}${zone(3, "hung", "hung")}
    <line class="deadline" x1="${x(deadline)}" x2="${x(deadline)}" y1="12" y2="36"/>
    ${tick(early, "end", -2)}${tick(deadline, "start", 2)}${tick(late, "middle", 0)}${tick(hung, "middle", 0)}${bar}</svg>
    <p class="note">Line: the tasks, from the first that ended to the last; dot: their median.</p>`;
}

// ---- counters over tasks ----

function counterSvg(name, counter) {
  const points = counter.series.filter(([, value]) => value !== null);
  if (points.length < 2)
    return "";
  const width = 260, height = 56;
  const tasks = points.map(([task]) => task), values = points.map(([, value]) => value);
  const low = Math.min(...values), high = Math.max(...values), span = Math.max(high - low, 1), last = tasks[tasks.length - 1] || 1;
  const line = points.map(([task, value]) =>
    `${(task / last * width).toFixed(1)},${(height - 4 - (value - low) / span * (height - 8)).toFixed(1)}`).join(" ");
  return `<svg class="counter g-${className(counter.verdict)}" viewBox="0 0 ${width} ${height}" preserveAspectRatio="none" role="img"
    aria-label="${escapeHtml(name)}: from ${values[0]} to ${values[values.length - 1]} over ${last} tasks"><polyline points="${line}"/></svg>`;
}

function counterBlock([name, counter]) {
  const values = counter.series.map(([, value]) => value).filter(value => value !== null);
  const rate = counter.per_task === null ? "" : `, ${counter.per_task.toFixed(2)} a task`;
  const held = counter.per_hung_call ? `, ${counter.per_hung_call.toFixed(2)} for each hung call` : "";
  const limit = counter.tasks_to_limit ? `; ${escapeHtml(counter.limit_name)} ${counter.limit} reached after ${Math.round(counter.tasks_to_limit)} tasks` : "";
  return `<figure>${counterSvg(name, counter)}<figcaption><b>${escapeHtml(name)}</b> ${values[0] ?? "?"} → ${values[values.length - 1] ?? "?"}
    <span class="word g-${className(counter.verdict)}">${escapeHtml(counter.verdict)}</span>${counter.verdict === "GROWING" ? rate : ""}${held}${limit}</figcaption></figure>`;
}
