"""Expectation files: lines that are no longer true fail the run, each in words of its own."""
import json

from lab import expect_sentence, expect_status, fakesshd, run, test, write

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
