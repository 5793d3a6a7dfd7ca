"""`fakesshd report`, and the formats that `run` writes by the same functions."""
import json
import os
import re
import xml.etree.ElementTree as xml

import made
from lab import ROOT, expect_sentence, expect_status, fakesshd, run, test, write

XSD = os.path.join(ROOT, "tests", "data", "junit.xsd")


def report(*words):
    return expect_status(run(fakesshd("report", *words)), 0)


def as_text(format, results):
    return report(made.save("results.json", results), f"--{format}", "-").out


# ---- all of them ----

@test
def what_run_writes_and_what_report_makes_of_its_json_are_the_same():
    formats = ("html", "md", "junit", "tap")
    outputs = [word for name in formats for word in (f"--{name}", "run." + name)]
    done = run(fakesshd("run", "ident/silent", "healthy/exec", "--client", "sshexec", "--json", "run.json", *outputs))
    assert done.status in (0, 3), str(done)  # a machine that is too slow makes no other files
    for name in formats:
        report("run.json", f"--{name}", "report." + name)
        one, other = open("run." + name).read(), open("report." + name).read()
        assert one == other and len(one) > 90, name
    told = json.load(open("run.json"))
    assert told["scenarios"]["ident/silent"]["kind"] == "silence", told["scenarios"]
    assert told["clients"]["sshexec"]["claims"] == "total", told["clients"]
    timeline = next(item for item in told["cases"] if item["id"] == "ident/silent")["timeline"]
    assert {entry["who"] for entry in timeline} == {"judge", "server", "client"}, timeline
    assert timeline == sorted(timeline, key=lambda entry: entry["at_ms"]), timeline


@test
def run_writes_annotations_between_its_own_lines():
    done = run(fakesshd("run", "healthy/exec", "--client", "sshexec", "--github"))
    assert done.status in (0, 3), str(done)
    assert re.search(r"^::notice title=fakesshd::1 (ok|inconclusive)$", done.out, re.M), str(done)


@test
def report_says_what_it_lacks():
    path = made.save("results.json", made.every_class())
    for words, sentence in (((), "expected a file of results"), ((path,), "expected a format"),
                            ((path, "--pdf", "x"), "there is no option '--pdf'"),
                            ((path, path, "--md", "-"), "--merge makes one of several"),
                            (("nowhere.json", "--md", "-"), "cannot read nowhere.json"),
                            ((write("list.json", "[]"), "--md", "-"), "list.json: expected results of fakesshd")):
        done = run(fakesshd("report", *words))
        assert done.status in (2, 4), str(done)
        expect_sentence(done, sentence)
    assert os.listdir(".").count("x") == 0


@test
def merged_results_are_results_and_what_they_disagree_on_is_flaky():
    one, other = made.every_class(), made.every_class()
    other["cases"][0] = made.case("ident/silent", "sound", "HUNG", ("OK",), False)
    other["host"] = "another"
    made.save("one.json", one), made.save("other.json", other)
    report("--merge", "one.json", "other.json", "--json", "merged.json")
    merged = json.load(open("merged.json"))
    cells = {(item["id"], item["client"]): item for item in merged["cases"]}
    assert len(cells) == len(one["cases"]) == len(merged["cases"])
    assert cells["ident/silent", "sound"]["verdict"]["flaky"] == {"k": 1, "n": 2}, cells["ident/silent", "sound"]
    assert cells["auth/silent", "rearmed"]["verdict"] == one["cases"][4]["verdict"]
    assert [part["host"] for part in merged["parts"]] == ["Linux 6.1 x86_64", "another"]
    assert merged["complete"] is False and "one.json: interrupted" == merged["incomplete_why"]
    assert "FLAKY(1/2)" in report("merged.json", "--md", "-").out
    other["tool"] = "fakesshd 9.9"
    expect_sentence(expect_status(run(fakesshd("report", "--merge", "one.json", made.save("other.json", other), "--md", "-")), 2),
                    "only results of the same version")


@test
def a_shard_of_run_says_so_and_alone_it_is_not_the_whole():
    words = ("healthy/exec", "healthy/exit-status", "--client", "sshexec", "--profile", "glance", "--no-stacks")
    for index in (1, 2):
        run(fakesshd("run", *words, "--shard", f"{index}/2", "--min-tests", "0", "--json", f"{index}.json"))
    there = [name for name in ("1.json", "2.json") if os.path.exists(name)]
    assert there, os.listdir(".")
    first = json.load(open(there[0]))
    assert first["shard"] == {"index": int(there[0][0]), "count": 2}, first.get("shard")
    report("--merge", there[0], "--json", "merged.json")
    merged = json.load(open("merged.json"))
    assert merged["complete"] is False and f"shard {3 - int(there[0][0])} of 2 is not among" in merged["incomplete_why"], merged["incomplete_why"]


# ---- JUnit ----

def validate(path):
    return run(["xmllint", "--noout", "--nonet", "--schema", XSD, path])


@test
def junit_is_valid_by_the_schema_that_ci_systems_share():
    report(made.save("results.json", made.every_class()), "--junit", "out.xml")
    expect_status(validate("out.xml"), 0)
    text = open("out.xml").read()
    for broken in (text.replace('tests="', 'test="', 1), text.replace("<testcase", "<case", 1).replace("</testcase>", "</case>", 1),
                   re.sub(r'time="[0-9.]+"', 'time="soon"', text, count=1), text.replace(' type="HUNG', ' kind="HUNG', 1)):
        assert broken != text
        assert validate(write("broken.xml", broken)).status != 0, broken[:300]


@test
def junit_counts_what_failed_and_what_was_not_judged_apart():
    root = xml.fromstring(as_text("junit", made.every_class()).encode())
    suites = {suite.get("name"): suite for suite in root}
    assert set(suites) == {"sound", "rearmed", "third", "fakesshd"}, set(suites)
    counts = {name: tuple(int(suite.get(key)) for key in ("tests", "failures", "errors", "skipped")) for name, suite in suites.items()}
    assert counts == {"sound": (4, 1, 0, 0), "rearmed": (4, 1, 0, 1), "third": (3, 1, 2, 0), "fakesshd": (1, 0, 1, 0)}, counts
    for name, suite in suites.items():
        for kind, column in (("failure", 1), ("error", 2), ("skipped", 3)):
            assert len(list(suite.iter(kind))) == counts[name][column], (name, kind)
    assert "window.hacked" in suites["rearmed"].find("testcase/system-err").text
    assert "example.org/gap" in suites["rearmed"].findall("testcase/system-out")[0].text


# ---- TAP ----

class Tap:
    """What is in a TAP 14 stream (testanything.org/tap-version-14-specification), read strictly."""

    def __init__(self, text):
        lines = text.rstrip("\n").split("\n")
        assert lines[0] == "TAP version 14", lines[0]
        self.plan, self.points, yaml = None, [], None
        for line in lines[1:]:
            if yaml is not None:
                assert line.startswith("  "), f"a diagnostic that is not indented: {line}"
                if line == "  ...":
                    self.points[-1]["yaml"], yaml = yaml, None
                    continue
                key, value = re.fullmatch(r"  (\w+): (\".*\")", line).groups()
                yaml[key] = json.loads(value)
            elif line == "  ---":
                yaml = {}
            elif line.startswith("1.."):
                assert self.plan is None
                self.plan = int(line[3:])
            elif not line.startswith("#"):
                self.point(line)
        assert yaml is None and self.plan == len(self.points), (self.plan, len(self.points))

    def point(self, line):
        found = re.fullmatch(r"(not )?ok (\d+) - ((?:[^#\\]|\\[#\\])*?)(?: # (TODO|SKIP)(?: (.*))?)?", line)
        assert found, f"no test point: {line}"
        assert int(found[2]) == len(self.points) + 1, line
        self.points.append({"ok": not found[1], "name": found[3], "directive": found[4], "why": found[5], "yaml": None})


@test
def tap_has_a_point_for_each_case_with_known_gaps_as_todo():
    tap = Tap(as_text("tap", made.every_class()))
    assert tap.plan == 12 and tap.points[-1]["name"] == "the run came to its end" and not tap.points[-1]["ok"]
    by_name = {point["name"]: point for point in tap.points}
    gap = by_name["auth/dribble, rearmed"]
    assert not gap["ok"] and gap["directive"] == "TODO" and "example.org/gap" in gap["why"], gap
    skipped = by_name["data/slow-but-legal, rearmed"]
    assert skipped["ok"] and skipped["directive"] == "SKIP" and "told \\# why" in skipped["why"], skipped
    for name in ("ident/silent, third", "auth/silent, third", "data/slow-but-legal, sound", "auth/silent, rearmed"):
        assert not by_name[name]["ok"] and by_name[name]["directive"] is None, by_name[name]
    assert "window.hacked" in by_name["auth/silent, rearmed"]["yaml"]["stderr"]
    assert by_name["data/slow-but-legal, sound"]["yaml"]["verdict"] == "FLAKY(9/10)"


@test
def perls_harness_reads_the_tap_and_finds_the_same_failures():
    # Debian 12's TAP::Parser knows no version above 13; but for the number both are the same here.
    write("out.tap", as_text("tap", made.every_class()).replace("TAP version 14", "TAP version 13", 1))
    done = run(["prove", "--exec", "cat", "out.tap"])
    assert "Failed 6/12 subtests" in done.out and "Parse errors" not in done.out, str(done)
    write("good.tap", as_text("tap", made.results([made.case("ident/silent", "sound")])).replace("14", "13", 1))
    assert "Result: PASS" in expect_status(run(["prove", "--exec", "cat", "good.tap"]), 0).out


# ---- annotations and Markdown ----

@test
def an_annotation_is_one_line_whatever_it_says():
    text = report(made.save("results.json", made.every_class()), "--github").out
    lines = text.rstrip("\n").split("\n")
    assert lines[0] == "::notice title=fakesshd::4 ok, 1 known gap, 2 unexpected, 1 flaky, 1 inconclusive, 1 error, 1 skipped, 1 missing", lines[0]
    assert lines[1] == "::error title=fakesshd is incomplete::not every case was judged: interrupted", lines[1]
    assert all(re.match(r"::(error|warning|notice) [^:]*::", line) for line in lines), text
    hung = next(line for line in lines if "HUNG+LEAK" in line)
    assert hung.startswith("::error file=scenarios/auth/silent.lua,title=HUNG+LEAK_CONN+LEAK_FD auth/silent%2C rearmed::"), hung
    assert "%25 #" in hung and "%0Aagain: fakesshd run" in hung, hung
    levels = [line.split(" ")[0] for line in lines[2:]]
    assert sorted(levels) == ["::error"] * 3 + ["::warning"] * 2, levels


@test
def an_expectation_that_no_longer_holds_is_annotated_at_its_line():
    at = os.path.join(os.getcwd(), "a,b.expect:12")
    gone = made.case("ident/silent", "sound", as_expected=False) | {"known_gap": "why", "known_gap_at": at}
    text = report(made.save("results.json", made.results([gone])), "--github").out
    assert "::error file=a%2Cb.expect,line=12,title=" in text, text


@test
def markdown_names_what_is_missing_and_escapes_the_rest():
    text = as_text("md", made.every_class())
    assert text.startswith("## fakesshd: 4 ok, 1 known gap, 2 unexpected, 1 flaky, 1 inconclusive, 1 error, 1 skipped, 1 missing\n"), text
    assert "**Incomplete: not every case was judged.** interrupted" in text
    assert "<script" not in text and "\\|" in text
    rows = [line for line in text.splitlines() if line.startswith("| ")]
    assert all(len(re.findall(r"(?<!\\)\|", row)) >= 4 for row in rows), text
    header = next(line for line in rows if line.startswith("| client |") and "ident" in line)
    columns = [cell.strip() for cell in header.strip("|").split("|")]
    timers = {cells[0]: dict(zip(columns[1:], cells[1:])) for cells in
              ([cell.strip() for cell in line.strip("|").split("|")] for line in rows) if len(cells) == len(columns)}
    assert timers["sound"]["auth"] == "absolute" and timers["sound"]["ident"] == "unknown", timers
    assert timers["rearmed"]["auth"] == "none", timers


@test
def under_sanitizers_every_format_and_a_merge_leave_no_report():
    one = made.save("one.json", made.every_class())
    for words in (("--html", "x"), ("--md", "x"), ("--tap", "x"), ("--junit", "x"), ("--github",), ("--json", "x")):
        expect_sentence(expect_status(run(fakesshd("report", "--merge", one, one, *words)), 0))
    expect_sentence(run(fakesshd("report", write("bad.json", '{"schema": 1, "complete": true, "cases": [{}]}'), "--md", "x")), "case 1")
