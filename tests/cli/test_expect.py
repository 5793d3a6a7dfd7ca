"""Expectation files: lines that are no longer true fail the run, each in words of its own."""
import json
import os
import shutil

from lab import ROOT, expect_sentence, expect_status, fakesshd, run, test, write

REASON = "https://example.org/issues/1"


def judged(gaps, *words, client="sshexec-cli"):
    file = write("gaps.expect", gaps)
    return run(fakesshd("run", *words, "--client", client, "--expect", file, "--json", "out.json", "--tasks", "1"))


def stale():
    with open("out.json") as file:
        return [case["stale"] for case in json.load(file)["cases"]]


@test
def a_line_that_passes_or_is_over_fails_the_run_in_words_of_its_own():
    for brackets, status, word, sentence in (
            ("", 1, "passes", "it passes, but"),
            ("[until 2020-02-29]", 1, "expired", "until 2020-02-29, which is over"),
            ("[until 2999-12-31]", 1, "passes", "it passes, but"),
            ("[version < 0.0.1]", 0, "no", ""),
            ("[deadline > 500ms] [until 2020-02-29]", 0, "no", ""),
            ("[arch = pdp11]", 0, "no", ""),
            ("[version >= 0.0.1] [kernel >= 2] [deadline <= 500ms]", 1, "passes", "it passes, but")):
        done = expect_status(judged(f"healthy/exec HUNG {brackets} {REASON}\n", "healthy/exec"), status)
        assert sentence in done.out, f"{brackets}: {done}"
        assert stale() == [word], f"{brackets}: {stale()}"


@test
def what_is_listed_but_skipped_fails_unless_a_condition_excludes_it():
    client = write("only-healthy.lua", """return { name = "only-healthy", kind = "template", scenarios = { "healthy" },
        argv = { "{bin}/sshexec", "--deadline", "{deadline_ms}ms", "--known-hosts", "{known_hosts}", "-i", "{key}",
                 "-p", "{port}", "{user}@{host}", "--", "{command}" } }""")
    words = ("healthy/exec", "kex/no-reply")
    done = expect_status(judged(f"kex/no-reply HUNG {REASON}\n", *words, client=client), 1)
    assert "it is skipped, but" in done.out and stale() == ["no", "skipped"], str(done)
    expect_status(judged(f"kex/no-reply HUNG [arch = pdp11] {REASON}\n", *words, client=client), 0)


@test
def a_line_for_more_than_one_phase_or_forty_ids_is_bad_input():
    for selector, sentence in (("*/silent", "within one phase"), ("data", "ids, a line may mean 40")):
        done = judged(f"{selector} HUNG {REASON}\n", "healthy/exec")
        expect_sentence(expect_status(done, 2), "gaps.expect:1: ", sentence)


# ---- --fix and `expect` ----

LAZY = """return { name = "lazy", kind = "template", argv = { "{bin}/sshexec", "--deadline", "60s", "--hostkey", "{hostkey}",
    "-i", "{key}", "-l", "{user}", "-p", "{port}", "{host}", "--", "{command}" },
  outcomes = { exit = { [255] = "failure" } } }"""


def small_catalogue(*ids):
    """A folder of data with few scenarios; the client in it has no deadline."""
    for name in ("healthy/exec", "tcp/refused", "ident/silent", *ids):
        os.makedirs(os.path.dirname(f"data/scenarios/{name}"), exist_ok=True)
        shutil.copy(os.path.join(ROOT, "scenarios", name + ".lua"), f"data/scenarios/{name}.lua")
    os.makedirs("data/client-under-test", exist_ok=True)
    write("data/client-under-test/lazy.lua", LAZY)
    return {"FAKESSHD_DATA": os.path.abspath("data")}


def expected():
    with open("data/client-under-test/lazy.expect") as file:
        return file.read()


@test
def a_run_with_fix_leaves_a_file_by_which_the_next_one_is_as_expected():
    env = small_catalogue("kex/no-reply")
    write("data/client-under-test/lazy.expect",
          f"# of the lazy one\ntcp/refused HUNG {REASON}\nkex/no-reply   LATE   [kernel > 1] none: {REASON}\n"
          f"kex/gone HUNG {REASON}\n")
    words = ("--client", "lazy", "--tasks", "1")
    done = expect_status(run(fakesshd("run", *words, "--fix", "--json", "out.json"), env=env), 0)
    assert "lazy.expect: 0 kept, 1 changed, 2 dropped, 1 added" in done.out, str(done)
    lines = expected().splitlines()
    assert lines[:2] == ["# of the lazy one", f"kex/no-reply   HUNG   [kernel > 1] none: {REASON}"], lines
    assert lines[2].startswith("ident/silent                HUNG  has not come back: https://"), lines
    after = expected()
    expect_status(run(fakesshd("run", *words), env=env), 0)
    done = expect_status(run(fakesshd("expect", "--client", "lazy", "out.json"), env=env), 0)
    assert "2 kept, 0 changed, 0 dropped, 0 added; it stays as it is" in done.out and expected() == after, str(done)
    with open("out.json") as file:
        other = json.load(file)
    for case in other["cases"]:
        case["verdict"] = {"deadline": "LATE" if case["id"] == "kex/no-reply" else "OK", "cleanup": ["OK"]}
    write("other.json", json.dumps(other))
    done = expect_status(run(fakesshd("expect", "-n", "--client", "lazy", "out.json", "other.json"), env=env), 0)
    assert "kex/no-reply   HUNG,LATE   [kernel > 1] none:" in done.out and expected() == after, str(done)
    assert "ident/silent                HUNG,OK  has" in done.out, str(done)


@test
def fix_refuses_what_is_no_whole_run():
    env = small_catalogue()
    write("data/client-under-test/lazy.expect", f"ident/silent LATE {REASON}\n")
    before = expected()
    for words, sentence in ((["ident"], "selectors"), (["--one-variant"], "--one-variant"), (["--fail-fast"], "--fail-fast"),
                            (["--", "true"], "a command"),
                            (["--client", "sshexec", "--expect", "data/client-under-test/lazy.expect"], "several clients")):
        done = run(fakesshd("run", "--fix", *(words if "--" in words else ["--client", "lazy", *words])), env=env)
        expect_sentence(expect_status(done, 2), "--fix rewrites a client's whole file, and cannot be used with", sentence)
        assert done.err.count("\n") == 1 and expected() == before, str(done)


@test
def results_that_cannot_be_used_are_one_sentence():
    env = small_catalogue()
    whole = {"schema": 1, "complete": True, "cases": []}
    write("none.json", json.dumps(whole))
    write("half.json", json.dumps({**whole, "complete": False}))
    for words, sentence in (([], "expected --client"), (["--client", "lazy"], "files of results"),
                            (["--client", "nobody", "none.json"], "nobody"), (["--client", "lazy", "none.json"], "no case of the client"),
                            (["--client", "lazy", "half.json"], "half.json: these results are not complete"),
                            (["--client", "lazy", "data"], "data"), (["--sometimes"], "no such option")):
        done = expect_sentence(run(fakesshd("expect", *words), env=env), sentence)
        assert done.status == 2 and done.err.count("\n") == 1, str(done)
