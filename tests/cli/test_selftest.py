"""The judge judged: what fakesshd selftest says; that all of its defects are killed is in test_wrong.py."""
import json

from lab import expect_status, fakesshd, program, run, test


@test
def there_are_thirty_defects_or_more_each_with_its_own_id_and_manifest():
    lines = [line.split() for line in run([program("wrong"), "--verdicts"]).out.splitlines()]
    assert len(lines) >= 31 and len({name for name, *_ in lines}) == len(lines), len(lines)
    assert all(verdict != "OK" for name, id, verdict, profile in lines if name != "none"), lines
    known = set(run(fakesshd("list")).out.split())
    assert all(id in known for name, id, *_ in lines), [id for name, id, *_ in lines if id not in known]


@test(limit_s=150)
def selftest_names_what_is_killed_and_ids_that_kill_nothing():
    done = run(fakesshd("selftest", "--defects", "no-deadline-[kad]*", "kex/no-reply", "ident/slow-but-legal",
                        "--json", "out.json"), timeout=140)
    lines = done.out[done.out.index("\nsound "):].splitlines()
    words = [line.split() for line in lines if line]
    assert words[0][:3] == ["sound", "none", "ident/silent"], words[0]
    killed = [line for line in words if line[0] == "killed"]
    assert len(killed) == 3, f"{len(killed)} killed\n{done.out[-4000:]}"
    assert ["kex/no-reply", ".H.."] in words and ["ident/slow-but-legal", "...."] in words, words
    assert any(line[-1] == "kex/no-reply" and int(line[0]) == 1 for line in words if line[0].isdigit()), words
    assert "false alarms: 0" in lines[-1], lines[-1]
    with open("out.json") as file:
        cases = json.load(file)["cases"]
    assert {case["id"] for case in cases if case["client"] == "wrong/none"} == {
        "healthy/exec", "ident/silent", "ident/slow-but-legal", "kex/no-reply"}
    assert lines[lines.index("ids that kill nothing: 3") + 1].split() == ["healthy/exec"], lines
    expect_status(done, 0)


@test
def selftest_takes_no_selector_that_means_nothing():
    assert run(fakesshd("selftest", "nothing/such")).status == 2
    assert run(fakesshd("selftest", "--jobs", "0")).status == 2
    assert run(fakesshd("selftest", "--defects", "nothing-*")).status == 2
