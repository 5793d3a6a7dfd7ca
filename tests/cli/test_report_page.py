"""The page of `fakesshd report --html`, in a headless Chromium."""
import time

import made
from browser import Browser
from lab import expect_status, fakesshd, run, test

CHOOSE = """const select = document.querySelector(`[name=${arguments[0]}]`); select.value = arguments[1];
    select.dispatchEvent(new Event("input", {bubbles: true}));"""
ROWS = "[...document.querySelectorAll('#grid tbody tr:not(.phase)')]"
SHOWN = "[...document.querySelectorAll('#grid td:not(.dim)')].map(cell => cell.getAttribute('aria-label'))"


def page(results, name="page.html"):
    expect_status(run(fakesshd("report", made.save("results.json", results), "--html", name)), 0)
    return name


def opened(results, fragment="", **window):
    browser = Browser(**window)
    browser.open(page(results), fragment)
    browser.wait_for("document.querySelector('#legend li')")
    return browser


def expect_quiet(browser):
    """Neither an error nor a violation of the content security policy, nor anything fetched."""
    assert browser.console() == [], browser.console()
    fetched = browser.js("return performance.getEntriesByType('resource').map(entry => entry.name).filter(name => !name.startsWith('data:'))")
    assert fetched == [], fetched
    browser.close()


@test
def the_page_filters_by_phase_client_verdict_kind_and_text_and_keeps_it_in_its_address():
    browser = opened(made.every_class())
    assert len(browser.js(f"return {SHOWN}")) == 12
    assert "INCOMPLETE" in browser.js("return document.getElementById('subtitle').textContent")
    assert "was not judged, and is no pass" in browser.js("return document.querySelector('[role=alert]').textContent")
    told = browser.js("return document.getElementById('shown').textContent")
    assert told == "12 of 12 cells: 4 ok, 1 known gap, 2 unexpected, 1 flaky, 1 inconclusive, 1 error, 1 skipped, 1 missing", told
    for name, value, cells in (("phase", "auth", 6), ("client", "third", 4), ("verdict", "HUNG", 2), ("verdict", "LEAK_FD", 1),
                               ("verdict", "missing", 1), ("verdict", "ok", 4), ("kind", "dribble", 3), ("q", "banner each", 3),
                               ("q", "gave up", 1), ("q", "nothing at all", 0)):
        browser.js(CHOOSE, name, value)
        shown = browser.js(f"return {SHOWN}")
        assert len(shown) == cells, (name, value, shown)
        assert browser.js("return location.hash").startswith(f"#{name}="), browser.js("return location.hash")
        browser.js("document.querySelector('#filters [type=reset]').click()")
        assert browser.js("return location.hash") in ("", "#") and len(browser.js(f"return {SHOWN}")) == 12
    browser.js(CHOOSE, "phase", "auth")
    browser.js(CHOOSE, "client", "rearmed")
    address = browser.js("return location.hash")
    browser.open("page.html", "#")
    browser.open("page.html", address)
    browser.js("location.reload()")
    shown = browser.wait_for(SHOWN)
    assert [label.split(":")[0] for label in shown] == ["auth/silent, rearmed", "auth/dribble, rearmed"], shown
    browser.click("#tiles [data-verdict='known gap']")
    assert [label.split(":")[0] for label in browser.js(f"return {SHOWN}")] == ["auth/dribble, rearmed"]
    expect_quiet(browser)


@test
def a_cell_opens_by_click_and_by_keyboard_and_tells_everything():
    browser = opened(made.every_class())
    browser.click("#grid td[aria-label^='auth/silent, rearmed']")
    told = browser.js("return document.getElementById('detail').innerText")
    for words in ("auth/silent", "HUNG+LEAK_CONN+LEAK_FD", "unexpected", "Never answers an authentication request.", "had to be killed",
                  "4253 4.2", "https://example.org/issues/1", "has not come back", "on purpose, the server does nothing more",
                  "task 2: timeout in ident", "GROWING, 1.00 a task", "25 with the same stack", "ssh_connect", "window.hacked = 1",
                  "fakesshd run auth/silent --deadline 500ms -v --client rearmed"):
        assert words.lower() in told.lower(), (words, told)
    assert browser.js("return document.querySelectorAll('#detail svg.window, #detail svg.counter').length") == 2
    assert browser.js("return document.activeElement.id") == "detail"
    assert browser.js("return typeof window.hacked") == "undefined"
    browser.press("Escape")
    browser.wait_for("document.getElementById('detail').hidden")
    label = "return document.activeElement.getAttribute('aria-label')"
    assert browser.js(label).startswith("auth/silent, rearmed: hung, leaves conn, fd; unexpected"), browser.js(label)
    for keys, cell in ((("Left",), "auth/silent, sound"), (("Down",), "auth/dribble, sound"), (("End",), "auth/dribble, third"),
                       (("Up", "Up"), "ident/silent, third"), (("Home",), "ident/silent, sound"), (("PageDown",), "data/slow-but-legal, sound")):
        browser.press(*keys)
        assert browser.js(label).startswith(cell), (keys, browser.js(label))
    browser.press("Enter")
    browser.wait_for("!document.getElementById('detail').hidden")
    assert "FLAKY(9/10)" in browser.js("return document.getElementById('detail').innerText")
    browser.js("history.back()")
    browser.wait_for("document.getElementById('detail').hidden")
    browser.open("page.html", "#cell=auth/dribble@third")
    browser.wait_for("document.getElementById('detail').innerText.includes('nothing is known')")
    assert browser.js("return document.querySelectorAll('#grid td[tabindex=\"0\"]').length") == 1
    expect_quiet(browser)


LOOK = """return [...document.querySelectorAll('#grid td')].map(cell => {
    const [left, right] = ['::before', '::after'].map(part => getComputedStyle(cell, part));
    const shape = style => [style.clipPath, style.borderRadius, style.borderStyle, style.content, style.transform, style.height,
                            style.backgroundImage, style.display].join();
    return {label: cell.getAttribute('aria-label'), word: cell.textContent, left: shape(left), right: shape(right),
            frame: getComputedStyle(cell).borderLeftStyle + getComputedStyle(cell).borderLeftWidth + getComputedStyle(cell).backgroundImage};
});"""


@test
def verdicts_differ_in_shape_and_word_and_nothing_unjudged_looks_like_a_pass():
    words = ["OK", "EARLY", "LATE", "WRONG_PHASE", "WRONG_OUTCOME", "NO_CONTACT", "CRASH", "HUNG"]
    cases = [made.case(f"auth/{word.lower()}", "x", word, ("OK",), word == "OK") for word in words]
    cases += [made.case(f"auth/{word.lower()}", "x", word, (), word == "SKIP") for word in ("SKIP", "INCONCLUSIVE", "ERROR", "FLAKY")]
    cases += [made.case("auth/leak", "x", "OK", ("LEAK_FD",), False), made.case("auth/other", "y")]
    browser = opened(made.results(cases))
    looks = [look for look in browser.js(LOOK) if ", x:" in look["label"]]
    assert len(looks) == len(words) + 4 + 2, looks
    shapes = {look["left"]: look["word"] for look in looks if not look["label"].startswith("auth/leak")}
    assert len(shapes) == len(looks) - 1, shapes
    assert len(set(shapes.values())) == len(shapes), shapes
    ok = next(look for look in looks if look["label"].startswith("auth/ok,"))
    leak = next(look for look in looks if look["label"].startswith("auth/leak"))
    assert leak["left"] == ok["left"] and leak["right"] != ok["right"] and leak["frame"] != ok["frame"]
    assert "leaves fd; unexpected" in leak["label"] and "clean; ok" in ok["label"]
    for look in looks:
        if look["word"] in ("skip", "incon.", "error", "flaky", "missing"):
            assert look["right"] != ok["right"], look
            assert look["frame"] != ok["frame"] or look["word"] == "skip", look
    expect_quiet(browser)


@test
def timers_and_overshoot_are_on_the_page_with_their_numbers():
    browser = opened(made.every_class())
    rows = browser.js("return [...document.querySelectorAll('.timers tbody tr')].map(row => [...row.cells].map(cell => cell.innerText))")
    assert rows == [["sound", "unknown", "absolute"], ["rearmed", "unknown", "none"], ["third", "unknown", "unknown"]], rows
    rows = browser.js("return [...document.querySelectorAll('.overshoots tbody tr')].map(row => [...row.cells].map(cell => cell.innerText))")
    assert [row[0] for row in rows] == ["sound", "rearmed", "sound"] and rows[0][2:] == ["20", "1.2 ms", "1.2 ms", "2.0 ms", "2.0 ms", "1"], rows
    scales = browser.js("return [...document.querySelectorAll('.axis')].map(axis => axis.textContent)")
    assert len(set(scales)) == 1 and len(scales) == 2, scales
    facts = browser.js("return document.getElementById('run').innerText")
    for words in ("a processor", "6.1", "seed", "no: interrupted", "noise: slow factor", "noise: before lateness max us"):
        assert words in facts, (words, facts)
    expect_quiet(browser)


@test
def twenty_clients_by_four_hundred_and_eighty_ids_are_no_trouble():
    begin = time.monotonic()
    browser = opened(made.large())
    browser.wait_for(f"{ROWS}.length === 480", timeout=40)
    assert time.monotonic() - begin < 50
    assert browser.js("return document.querySelectorAll('*').length") < 40000
    took = browser.js("const begin = performance.now();" + CHOOSE + "document.body.offsetHeight; return performance.now() - begin;", "client", "client-07")
    assert took < 3000, took
    browser.js(CHOOSE, "client", "")
    browser.js("document.getElementById('scroll').scrollTo(2000, 4000)")
    top = browser.js("""const box = document.getElementById('scroll').getBoundingClientRect();
        const head = document.querySelector('#grid thead th:nth-child(9)').getBoundingClientRect();
        const side = document.querySelector('#grid tbody tr:nth-child(5) th').getBoundingClientRect();
        return [head.top - box.top, side.left - box.left];""")
    assert all(abs(offset) < 3 for offset in top), f"the headers did not stay: {top}"
    browser.screenshot("page-large")
    expect_quiet(browser)


@test
def the_page_fits_a_phone_a_dark_desktop_and_paper():
    browser = opened(made.every_class(), "#cell=auth/silent@rearmed")
    browser.screenshot("page-cell")
    browser.press("Escape")
    browser.screenshot("page-wide")
    browser.dark()
    assert browser.js("return getComputedStyle(document.body).backgroundColor") != "rgb(255, 255, 255)"
    browser.screenshot("page-dark")
    browser.resize(390, 844)
    assert browser.js("return document.documentElement.scrollWidth") <= 390
    browser.screenshot("page-phone")
    assert browser.pdf("page").startswith(b"%PDF")
    expect_quiet(browser)
