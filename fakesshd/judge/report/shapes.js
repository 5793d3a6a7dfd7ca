// What a cell looks like and how it is read aloud. The shapes themselves are in the style: a class of
// a word gives the shape of its part of the verdict.

const SHORT = {
  OK: "ok", EARLY: "early", LATE: "late", WRONG_PHASE: "phase", WRONG_OUTCOME: "wrong", NO_CONTACT: "no con.",
  CRASH: "crash", HUNG: "hung", SKIP: "skip", INCONCLUSIVE: "incon.", ERROR: "error", FLAKY: "flaky",
};
const LETTERS = {
  GROWING: "M", LEAK_CHILD: "P", LEAK_CONN: "C", LEAK_FD: "F", LEAK_TASK: "K", LEAK_THREAD: "T", SPIN: "S",
};

function className(word) {
  return word.toLowerCase().replace(/[^a-z]+/g, "-");
}

function leakWord(word) {
  return word.replace("LEAK_", "").toLowerCase();
}

// With many columns a leak is a letter, with few a word.
function leakLabel(item, compact) {
  return leaksOf(item).map(word => compact ? LETTERS[word] || word[0] : leakWord(word)).join(compact ? "" : " ");
}

function isJudged(item) {
  return item.verdict.cleanup.length > 0;
}

function cellClasses(item) {
  if (!item)
    return "x x-missing d-missing";
  const cleanup = !isJudged(item) ? "l-none" : leaksOf(item).length > 0 ? "l-leak" : "l-clean";
  return `x x-${className(words.classes[item.class][0])} d-${className(item.verdict.deadline)} ${cleanup}`;
}

function shortWord(item) {
  return item ? SHORT[item.verdict.deadline] || item.verdict.deadline.toLowerCase() : "missing";
}

function cellLabel(id, client, item) {
  if (!item)
    return `${id}, ${client}: missing, nothing is known`;
  const leaks = leaksOf(item).map(leakWord).join(", ");
  const cleanup = !isJudged(item) ? "" : leaks ? `, leaves ${leaks}` : ", clean";
  const word = item.verdict.deadline === "OK" ? "in time" : item.verdict.deadline.toLowerCase().replace("_", " ");
  return `${id}, ${client}: ${word}${cleanup}; ${words.classes[item.class][0]}`;
}

// A sample of a cell's look, for the legend and the details.
function badge(item, text, leaks) {
  return `<span class="badge ${cellClasses(item)}" data-l="${escapeHtml(leaks ?? "")}">${escapeHtml(text)}</span>`;
}

function legendRow(item, word, sentence) {
  return `<li>${badge(item, word)} <span>${escapeHtml(sentence)}</span></li>`;
}

function drawLegend() {
  const sample = (deadline, cleanup, index) => ({ verdict: { deadline, cleanup }, class: index });
  const classIndex = word => words.classes.findIndex(([name]) => name === word);
  const ok = classIndex("ok"), unexpected = classIndex("unexpected");
  const stateClass = { SKIP: "skipped", INCONCLUSIVE: "inconclusive", ERROR: "error", FLAKY: "flaky" };
  const states = words.states.filter(([word]) => word in stateClass);
  document.querySelector("#legend > div").innerHTML = `
    <div><h3>Left: was the deadline kept?</h3><ul>${words.deadline.map(([word, sentence]) =>
      legendRow(sample(word, ["OK"], word === "OK" ? ok : unexpected), SHORT[word], sentence)).join("")}</ul></div>
    <div><h3>Right: what was left behind?</h3><ul>
      ${legendRow(sample("OK", ["OK"], ok), "", "an empty ring: nothing")}
      ${words.cleanup.map(([word, sentence]) =>
        `<li><span class="badge leak-sample"><b>${escapeHtml(LETTERS[word] || word[0])}</b> ${escapeHtml(leakWord(word))}</span>
         <span>${escapeHtml(sentence)}</span></li>`).join("")}</ul></div>
    <div><h3>No verdict: never the look of a pass</h3><ul>
      ${states.map(([word, sentence]) => legendRow(sample(word, [], classIndex(stateClass[word])), SHORT[word], sentence)).join("")}
      ${legendRow(undefined, "missing", words.classes[MISSING][1])}</ul>
      <h3>The frame: was it expected?</h3><ul>
      ${["ok", "known gap", "unexpected", "flaky"].filter(word => classIndex(word) >= 0).map(word =>
        `<li><span class="badge x x-${className(word)} frame">${escapeHtml(word)}</span>
         <span>${escapeHtml(words.classes[classIndex(word)][1])}</span></li>`).join("")}</ul></div>`;
}
