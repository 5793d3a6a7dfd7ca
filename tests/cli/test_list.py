"""fakesshd list, explain and lint."""
import json
import os
import re

from lab import ROOT, expect_sentence, expect_status, fakesshd, run, test, write

GOOD = """-- Who meets this.
return {
  about  = "Does nothing.",
  rfc    = "4253 4.2",
  expect = { outcome = "timeout", phase = "ident" },
  serve  = function(conn) conn:hold() end,
}
"""


def listed(*words):
    return json.loads(expect_status(run(fakesshd("list", "--json", *words)), 0).out)


@test
def the_list_has_at_least_four_hundred_ids_in_order_and_each_once():
    ids = [item["id"] for item in listed()]
    assert len(ids) >= 400 and ids == sorted(set(ids)), ids


@test
def each_entry_of_the_list_has_the_same_fields():
    for item in listed():
        assert set(item) == {"id", "file", "about", "rfc", "cites", "expect", "kind", "deadline_min_ms",
                             "engine", "stdin_bytes", "cancel", "variant"}, item
        assert item["expect"]["outcome"] and item["about"].endswith("."), item
        assert item["variant"] is None or item["id"].endswith("/" + item["variant"]), item


@test
def a_selector_narrows_the_list():
    assert [item["id"] for item in listed("kex/fin/rst")] == ["kex/fin/rst"]
    assert [item["id"] for item in listed("kex/fin")] == ["kex/fin/fin", "kex/fin/rst"]
    assert {item["variant"] for item in listed("data/fin")} == {"fin", "rst"}
    assert not [i for i in listed("!*dribble*") if "dribble" in i["id"]]
    lines = run(fakesshd("list", "tcp")).out.splitlines()
    assert len(lines) == len(listed("tcp")) and all(line.startswith("tcp/") for line in lines), lines


@test
def a_selector_that_means_nothing_is_an_error():
    for words in (["list"], ["list", "--json"], ["explain"], ["lint"]):
        done = expect_status(run(fakesshd(*words, "no/such")), 2)
        assert "no/such" in done.err + done.out, str(done)
    expect_sentence(expect_status(run(fakesshd("list", "--no-such")), 2), "--no-such")
    expect_sentence(expect_status(run(fakesshd("list", "--phases", "kex")), 2), "--phases")
    expect_sentence(expect_status(run(fakesshd("explain")), 2), "fakesshd list")


NOT_THERE = """return {
  name = "absent", kind = "driver", argv = { "no-such-client" }, version = { "no-such-client", "--version" },
  packages = { "no-such-client", "coreutils" }, npm = { "no-such-client@1.0.0" }, deadline = "total",
}
"""


@test
def the_list_of_clients_says_which_of_them_are_here():
    absent = write("absent.lua", NOT_THERE)
    out = expect_status(run(fakesshd("list", "--clients", "sshexec", absent)), 0).out
    assert re.search(r"^sshexec +driver +total +sshexec \d+\.\d+\.\d+$", out, re.M), out
    assert re.search("^absent +driver +total +not installed: it needs no-such-client coreutils "
                     r"no-such-client@1.0.0 \(npm\) \(no-such-client: cannot run", out, re.M), out
    items = json.loads(expect_status(run(fakesshd("list", "--clients", "--json", "openssh", absent)), 0).out)
    assert [item["installed"] for item in items] == [True, False], items
    assert items[0]["version"].startswith("OpenSSH") and items[0]["reason"] is None, items
    assert items[1]["version"] is None and "no-such-client" in items[1]["reason"], items
    assert (items[0]["packages"], items[0]["npm"]) == (["openssh-client"], []), items


@test
def the_list_of_clients_holds_every_manifest_and_what_to_install():
    names = {item["name"] for item in json.loads(run(fakesshd("list", "--clients", "--json")).out)}
    folder = os.path.join(ROOT, "client-under-test")
    assert names == {name[:-4] for name in os.listdir(folder) if name.endswith(".lua")}, names
    absent = write("absent.lua", NOT_THERE)
    packages = run(fakesshd("list", "--clients", "--packages", "openssh", "openssh-proxy", absent)).out
    assert packages.split() == ["openssh-client", "no-such-client", "coreutils"], packages
    assert run(fakesshd("list", "--clients", "--npm", absent)).out == "no-such-client@1.0.0\n"


@test
def options_of_the_list_that_mean_nothing_together_are_refused():
    for words in (["--packages"], ["--npm", "kex"], ["--clients", "--markdown"], ["--clients", "--phases"],
                  ["--clients", "--json", "--npm"], ["--clients", "no-such-client"]):
        done = expect_status(run(fakesshd("list", *words)), 2)
        assert done.err.startswith("fakesshd list: ") and done.out == "", str(done)


@test
def explain_says_what_both_sides_do_and_how_to_see_it():
    out = expect_status(run(fakesshd("explain", "kex/no-reply")), 0).out
    for words in ("never replies", "timeout in kex", "RFC 4253 8", "https://", "is swallowed",
                  "fakesshd serve kex/no-reply", "fakesshd run kex/no-reply --client sshexec"):
        assert words in out, f"{words}\n{out}"


@test
def explain_has_something_to_say_about_every_scenario():
    out = expect_status(run(fakesshd("explain", "*")), 0).out
    assert re.findall(r"^  fakesshd serve (\S+)$", out, re.M) == [item["id"] for item in listed()]


@test
def explain_of_a_file_from_outside_names_the_file():
    write("outside.lua", GOOD)
    out = expect_status(run(fakesshd("explain", "outside.lua")), 0).out
    assert "fakesshd serve outside.lua\n" in out, out


@test
def the_catalogue_is_free_of_problems():
    out = expect_status(run(fakesshd("lint")), 0).out
    assert re.fullmatch(r"\d+ files, \d+ ids, 0 problems\n", out), out


@test
def lint_reports_all_that_is_wrong_with_file_and_line():
    write("good.lua", GOOD)
    write("uncited.lua", GOOD.replace('  rfc    = "4253 4.2",\n', ""))
    write("section.lua", GOOD.replace("4253 4.2", "RFC 4253"))
    write("url.lua", GOOD.replace("  expect", '  cites  = { "see the mailing list" },\n  expect'))
    write("bare.lua", GOOD.split("\n", 1)[1])
    write("stop.lua", GOOD.replace("nothing.", "nothing"))
    write("two.lua", GOOD.replace("Does nothing.", "Does nothing. Then more."))
    write("phaseless.lua", GOOD.replace(', phase = "ident"', ""))
    write("broken.lua", GOOD.replace("about  =", "about"))
    write("twice.lua", GOOD.replace("  expect", "  variants = { { name = 'a' }, { name = 'a' } },\n  expect"))
    names = ["uncited", "section", "url", "bare", "stop", "two", "phaseless", "broken", "twice"]
    done = expect_status(run(fakesshd("lint", "good.lua", *[f"{name}.lua" for name in names])), 2)
    for name, line, words in [
            ("uncited", 3, "cites nothing"), ("section", 4, "found: RFC 4253"),
            ("url", 5, "found: see the mailing list"), ("bare", 2, "opening comment"),
            ("stop", 3, "full stop"), ("two", 3, "one sentence"), ("phaseless", 5, "name the phase"),
            ("broken", 3, "nil value"), ("twice", 5, "the id is taken: file/twice/a")]:
        assert re.search(rf"^{name}\.lua:{line}: .*{words}", done.out, re.M), f"{name}\n{done}"
    assert "good.lua" not in done.out and done.out.endswith("10 ids, 9 problems\n"), str(done)
