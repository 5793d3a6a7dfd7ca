// The matrix: a table of cells, of which one can be reached by Tab and all others from there by arrows.

const grid = document.getElementById("grid");
let view = { rows: [], columns: [], shown: new Set() };
let compact = false;
let at = { row: 0, column: 0 };

function drawHead() {
  return `<thead><tr><th scope="col" class="corner">scenario</th>${view.columns.map(client =>
    `<th scope="col" title="${escapeHtml(client)}"><span>${escapeHtml(client)}</span></th>`).join("")}</tr></thead>`;
}

function drawCell(id, row, client, column) {
  const key = id + "@" + client;
  const item = cells.get(key);
  const dim = view.shown.has(key) ? "" : " dim";
  return `<td tabindex="-1" class="${cellClasses(item)}${dim}" data-r="${row}" data-c="${column}"` +
    `${item ? ` data-l="${leakLabel(item, compact)}"` : ""} aria-label="${escapeHtml(cellLabel(id, client, item))}">` +
    `${shortWord(item)}</td>`;
}

function drawRow(id, row) {
  const name = id.startsWith(phaseOf(id) + "/") ? id.slice(phaseOf(id).length + 1) : id;
  return `<tr><th scope="row" title="${escapeHtml(scenarios[id]?.about || id)}"><span>${escapeHtml(name)}</span></th>` +
    `${view.columns.map((client, column) => drawCell(id, row, client, column)).join("")}</tr>`;
}

function phaseSentence(phase) {
  return (words.phases.find(([word]) => word === phase) || [phase, ""])[1];
}

// A fixed layout is drawn many times faster than one that must look at ten thousand cells for its widths.
function columnWidth(client) {
  let letters = 0;
  for (const id of view.rows) {
    const item = cellOf(id, client);
    letters = Math.max(letters, item ? leakLabel(item, compact).length : 0);
  }
  const leaks = letters > 0 ? 14 + letters * (compact ? 8 : 7) : 0;
  return compact ? Math.max(68, 60 + leaks) : Math.max(150, 80 + leaks);
}

// The first rows at once, the others when the browser has shown them.
const ROWS_AT_ONCE = 60;
let waiting = [];
let drawing = 0;

function drawRows(most) {
  let drawn = 0;
  while (waiting.length > 0 && drawn < most) {
    const { html, count } = waiting.shift();
    grid.insertAdjacentHTML("beforeend", html());
    drawn += count;
  }
}

function drawAllRows() {
  drawRows(Infinity);
}

function drawOn(round) {
  if (round !== drawing || waiting.length === 0)
    return;
  drawRows(ROWS_AT_ONCE);
  setTimeout(drawOn, 0, round);
}

function bodyOf(phase, some, from) {
  return `<tbody><tr class="phase"><th colspan="${view.columns.length + 1}" scope="rowgroup"><span><b>${escapeHtml(phase)}</b> ` +
    `${escapeHtml(phaseSentence(phase))}</span></th></tr>${some.map((id, index) => drawRow(id, from + index)).join("")}</tbody>`;
}

function drawGrid() {
  view = filtered();
  compact = view.columns.length > 8;
  const byPhase = new Map(phases.map(phase => [phase, []]));
  view.rows.forEach(id => byPhase.get(phaseOf(id)).push(id));
  view.rows = [...byPhase.values()].flat();
  const widths = view.columns.map(columnWidth);
  grid.classList.toggle("compact", compact);
  grid.style.setProperty("--width", widths.reduce((sum, width) => sum + width, 0) + "px");
  grid.innerHTML = `<colgroup><col class="names">${widths.map(width => `<col width="${width}">`).join("")}</colgroup>${drawHead()}`;
  grid.style.setProperty("--head", grid.tHead.offsetHeight + "px");
  grid.setAttribute("aria-rowcount", String(view.rows.length + 1));
  grid.setAttribute("aria-colcount", String(view.columns.length + 1));
  waiting = [];
  let row = 0;
  for (const [phase, some] of byPhase) {
    const from = row;
    row += some.length;
    if (some.length > 0)
      waiting.push({ html: () => bodyOf(phase, some, from), count: some.length });
  }
  drawRows(ROWS_AT_ONCE);
  setTimeout(drawOn, 0, ++drawing);
  at = { row: Math.min(at.row, Math.max(view.rows.length - 1, 0)), column: Math.min(at.column, view.columns.length - 1) };
  const first = cellAt(at.row, at.column);
  if (first)
    first.tabIndex = 0;
  showCounts();
}

function showCounts() {
  const items = [...view.shown].map(key => cells.get(key));
  const counts = countClasses(items);
  const named = words.classes.map(([one, , many], index) => counts[index] > 0 ? `${counts[index]} ${counts[index] === 1 ? one : many}` : "").filter(Boolean);
  const all = ids.length * clients.length;
  document.getElementById("shown").textContent =
    `${items.length.toLocaleString("en")} of ${plural(all, "cell")}${items.length > 0 ? ": " + named.join(", ") : ": nothing matches"}`;
}

function cellAt(row, column) {
  if (waiting.length > 0 && !grid.querySelector(`td[data-r="${row}"]`))
    drawAllRows();
  return grid.querySelector(`td[data-r="${row}"][data-c="${column}"]`);
}

function focusCell(row, column) {
  const next = cellAt(Math.max(0, Math.min(row, view.rows.length - 1)), Math.max(0, Math.min(column, view.columns.length - 1)));
  if (!next)
    return;
  const before = cellAt(at.row, at.column);
  if (before)
    before.tabIndex = -1;
  next.tabIndex = 0;
  at = { row: Number(next.dataset.r), column: Number(next.dataset.c) };
  next.focus({ preventScroll: true });
  next.scrollIntoView({ block: "nearest", inline: "nearest" });
}

const MOVES = {
  ArrowUp: () => [at.row - 1, at.column],
  ArrowDown: () => [at.row + 1, at.column],
  ArrowLeft: () => [at.row, at.column - 1],
  ArrowRight: () => [at.row, at.column + 1],
  PageUp: () => [at.row - 15, at.column],
  PageDown: () => [at.row + 15, at.column],
  Home: event => [event.ctrlKey ? 0 : at.row, 0],
  End: event => [event.ctrlKey ? Infinity : at.row, Infinity],
};

function keyOf(cell) {
  return view.rows[Number(cell.dataset.r)] + "@" + view.columns[Number(cell.dataset.c)];
}

function startGrid() {
  grid.addEventListener("keydown", event => {
    const cell = event.target.closest("td");
    if (!cell || event.altKey || event.metaKey)
      return;
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      go({ cell: keyOf(cell) });
    } else if (event.key in MOVES) {
      event.preventDefault();
      focusCell(...MOVES[event.key](event));
    }
  });
  grid.addEventListener("click", event => {
    const cell = event.target.closest("td");
    if (!cell)
      return;
    focusCell(Number(cell.dataset.r), Number(cell.dataset.c));
    go({ cell: keyOf(cell) });
  });
  grid.addEventListener("mouseover", event => {
    const cell = event.target.closest("td");
    if (cell && !cell.title)
      cell.title = cell.getAttribute("aria-label");
  });
}
