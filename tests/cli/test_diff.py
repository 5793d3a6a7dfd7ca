"""`fakesshd diff`: two results, held against each other."""
import json

from lab import expect_sentence, expect_status, fakesshd, run, test, write


def results(name, complete=True, **verdicts):
    cases = [{"id": f"kex/{id}", "client": "x|y", "as_expected": True, "deadline_ms": 500, "reason": "it did",
              "elapsed_ms": {"p99": 500}, "verdict": {"deadline": word, "cleanup": ["OK"]}}
             for id, word in verdicts.items()]
    return write(name, json.dumps({"schema": 1, "complete": complete, "cases": cases}))


@test
def a_regression_fails_and_a_change_only_where_it_is_asked_for():
    old = results("old.json", a="OK", b="HUNG", c="LATE")
    worse = results("worse.json", a="HUNG", b="OK", c="LATE")
    other = results("other.json", a="OK", b="OK", c="LATE")
    for new, words, status in ((worse, [], 1), (worse, ["--fail-on", "none"], 0), (other, [], 0), (other, ["--fail-on", "change"], 1),
                               (old, ["--fail-on", "change"], 0)):
        expect_status(run(fakesshd("diff", old, new, *words)), status)
    done = run(fakesshd("diff", old, worse))
    assert "OK -> HUNG" in done.out and done.out.endswith("1 regression, 1 fixed, 1 the same\n"), str(done)


@test
def programs_and_summaries_get_it_too_and_what_is_incomplete_is_said():
    old, new = results("old.json", a="OK"), results("new.json", complete=False, b="OK")
    told = json.loads(expect_status(run(fakesshd("diff", "--json", old, new)), 0).out)
    assert told["counts"]["gone"] == told["counts"]["new"] == 1, told
    assert told["old_incomplete"] is None and told["new_incomplete"] == "not every case was judged", told
    assert [(item["kind"], item["id"]) for item in told["differences"]] == [("gone", "kex/a"), ("new", "kex/b")], told
    text = run(fakesshd("diff", "--md", old, new)).out
    assert "| gone | x\\|y | kex/a | OK |" in text and "INCOMPLETE: the new results" in text, text


@test
def files_that_are_no_results_are_one_sentence():
    good = results("good.json", a="OK")
    write("bad.json", "{")
    for words, sentence in (([good], "expected OLD.json and NEW.json, found 1 files"), ([good, "bad.json"], "bad.json"),
                            (["/nowhere/at-all", good], "/nowhere/at-all"), ([good, good, "--fail-on", "all"], "found 'all'"),
                            ([good, good, "--json", "--md"], "found both"), (["--quickly"], "no such option")):
        done = expect_sentence(expect_status(run(fakesshd("diff", *words)), 2), sentence)
        assert done.err.count("\n") == 1, str(done)
