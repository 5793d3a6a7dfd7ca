// Draws everything once, the parts below the matrix when there is time, and follows the address.

function onHash() {
  const before = FILTERS.map(name => state[name]).join("\n");
  readHash();
  if (FILTERS.map(name => state[name]).join("\n") !== before || grid.rows.length === 0)
    drawGrid();
  showFilters();
  showDetail();
}

// On paper nothing can be opened: what is not as it should be is printed in full, as far as that is sensible.
const PRINTED_MAX = 150;

function drawPrinted() {
  const wanted = [...view.shown].filter(key => !["ok", "skipped"].includes(words.classes[classOf(cells.get(key))][0]));
  const left = wanted.length - PRINTED_MAX;
  document.getElementById("printed").innerHTML = wanted.length === 0 ? "" : `<h2>Cells that are not as they should be</h2>
    ${wanted.slice(0, PRINTED_MAX).map(key => `<article>${detailHtml(...splitKey(key), cells.get(key), 3)}</article>`).join("")}
    ${left > 0 ? `<p>${plural(left, "more cell")} not printed; a filter chooses which are.</p>` : ""}`;
}

let later = [drawClients, drawOvershoot, drawRun, drawLegend];

function drawLater() {
  const work = later;
  later = [];
  work.forEach(draw => draw());
}

// To a part of the page without losing the filters in the address.
function startParts() {
  document.querySelectorAll("nav a, .skip").forEach(link => link.addEventListener("click", event => {
    const part = document.querySelector(link.getAttribute("href"));
    event.preventDefault();
    part.tabIndex = -1;
    part.scrollIntoView();
    part.focus({ preventScroll: true });
  }));
}

chooseScale();
drawBanner();
drawTiles();
drawFilters();
startFilters();
startGrid();
startDetail();
startParts();
onHash();
window.addEventListener("hashchange", onHash);
window.addEventListener("beforeprint", () => { drawAllRows(); drawLater(); drawPrinted(); });
window.addEventListener("afterprint", () => { document.getElementById("printed").innerHTML = ""; });
requestAnimationFrame(() => setTimeout(drawLater));
