"""`fakesshd probe`: a client's steps, a driver's lines, and recordings of them."""
import json
import os
import sys
from concurrent.futures import ThreadPoolExecutor

from lab import (ROOT, expect_no_process_left, expect_sentence, expect_status, fakesshd, program, run, test, write)

EXAMPLE = os.path.join(ROOT, "examples/driver.lua")

# A driver without SSH, whose words are planted: {before} hello, {hello}, then a reply by op.
DRIVER = """
import json, os, sys, time
def say(**line): print(json.dumps(line), flush=True)
def result(id, **more): say(op="result", id=id, **{{"outcome": "failure", "phase": None, **more}})
{before}
hello = dict(op="hello", v=1, name="planted", version="1", ops=["run", "settle", "bye"], phases=["kex"])
{hello}
say(**hello)
for line in sys.stdin:
    asked = json.loads(line)
    op, id = asked["op"], asked.get("id")
    if op == "bye":
        {bye}
    elif op == "run":
        {run}
    elif op == "settle":
        {settle}
    else:
        {other}
{end}
"""
SOUND = {"before": "", "hello": "", "bye": "os._exit(0)", "run": "result(id)", "settle": "say(op='settled', id=id)",
         "other": "say(op='unsupported', id=id)", "end": ""}


def planted(name="planted", **what):
    script = write(f"{name}.py", DRIVER.format(**{**SOUND, **what}))
    return write(f"{name}.lua", f"return {{ name = 'planted', kind = 'driver', "
                                f"argv = {{ '{sys.executable}', '{script}' }} }}\n")


def probed(*words, status=1):
    done = expect_status(run(fakesshd("probe", "--json", *words)), status)
    return json.loads(done.out)


def verdicts(report):
    return {step["step"]: step["verdict"] for step in report["steps"]}


@test
def a_sound_driver_passes_every_step_and_breaks_no_rule():
    report = probed("--client", "sshexec", status=0)
    assert report["trusted"] and report["mistakes"] == [], report
    assert list(verdicts(report).values()) == ["ok"] * 16, verdicts(report)
    expect_no_process_left()


@test(alone=True, limit_s=90)
def the_example_of_the_manual_is_trusted_and_judged():
    report = probed("--client", EXAMPLE, status=0)
    assert report["trusted"] and report["mistakes"] == [], report
    asked = {name: word for name, word in verdicts(report).items() if word != "ok"}
    assert asked == {"stacks": "not_asked"}, report["steps"]
    expect_status(run(fakesshd("run", "healthy/exec", "ident/silent", "--client", EXAMPLE, "--profile", "glance"),
                      timeout=80), 0)


MISTAKES = (
    ({"before": "print('listening', flush=True)"}, "json", "found 'listening'"),
    ({"hello": "say(**hello)"}, "hello-twice", "found hello again"),
    ({"hello": "hello['phases'] = ['handshake']"}, "phase", "found 'handshake'"),
    ({"hello": "del hello['ops']"}, "field-missing", "expected ops in hello"),
    ({"run": "result(id); result(id)"}, "second-reply", "was answered already"),
    ({"run": "result(id, outcome='hung')"}, "outcome", "found 'hung'"),
    ({"run": "result(str(id))"}, "id", "expected an integer id in result, found a string"),
    ({"run": "result(id, stdout_b64='?')"}, "base64", "found '?'"),
    ({"run": "result(id, phase='auth')"}, "phase", "a phase that hello names"),
    ({"run": "sys.stdout.buffer.write(b'caf\\xe9\\n'); result(id)"}, "utf8", "found other bytes"),
    ({"settle": "pass"}, "unanswered", "a reply to settle"),
    ({"other": "say(op='error', id=id)"}, "op", "found 'error'"),
    ({"bye": "pass", "end": "time.sleep(9)"}, "bye", "expected the end within 1,000 ms"))


def find_mistake(number):
    what, rule, detail = MISTAKES[number]
    recording = f"lines-{number}.jsonl"
    report = probed("--client", planted(f"planted-{number}", **what), "--transcript", recording)
    found = [m for m in report["mistakes"] if m["rule"] == rule and detail in m["detail"]]
    assert found, f"{what}: {report['mistakes']}"
    with open(recording) as lines:
        entry = json.loads(lines.readlines()[found[0]["line"] - 1])
    assert "from" in entry or entry["event"] in ("killed", "exit"), (what, entry)
    again = json.loads(expect_status(run(fakesshd("probe", "--json", "--replay", recording)), 1).out)
    assert again["mistakes"] == report["mistakes"], what


@test
def a_driver_is_told_each_mistake_with_line_and_rule():
    with ThreadPoolExecutor(6) as threads:
        list(threads.map(find_mistake, range(len(MISTAKES))))


@test
def the_planted_driver_is_sound_but_for_what_is_planted():
    report = probed("--client", planted())
    assert report["mistakes"] == [], report["mistakes"]
    assert verdicts(report)["healthy server"] == "failed" and verdicts(report)["bye"] == "ok", verdicts(report)


@test
def a_deadline_that_does_not_reach_the_client_is_told_with_what_to_do():
    done = expect_status(run(fakesshd(
        "probe", "--", "env", "D={deadline_ms}", program("sshexec"), "--deadline", "600ms", "--known-hosts",
        "{known_hosts}", "-i", "{key}", "-p", "{port}", "{user}@{host}", "--", "{command}")), 1)
    for words in ("FAILED     silent host", "two deadlines gave the same duration",
                  "pass deadline_ms, {deadline_ms} or {deadline_s} on", "NOT TRUSTED, 1 step failed"):
        assert words in done.out, f"{words}\n{done}"


@test
def a_transcript_on_standard_output_shows_both_directions():
    done = expect_status(run(fakesshd("probe", "--client", planted(), "--transcript")), 1)
    assert ' < {"op": "hello"' in done.out and ' > {"op":"run","id":1,' in done.out, str(done)
    assert "the driver's process ended: exit status 0" in done.out, str(done)


@test
def a_driver_that_cannot_be_started_or_says_nothing_is_told_so():
    for script, words in (("import sys; sys.exit('no such library')", ["the driver ended by itself", "no such library"]),
                          ("print('good day')", ["the driver ended by itself", "found 'good day'"])):
        path = write("bad.py", script)
        write("bad.lua", f"return {{ name = 'bad', kind = 'driver', argv = {{ '{sys.executable}', '{path}' }} }}\n")
        done = expect_status(run(fakesshd("probe", "--client", "bad.lua")), 1)
        assert all(word in done.out for word in ["FAILED     start", *words]), str(done)


@test
def what_cannot_be_probed_is_one_sentence():
    write("empty", "")
    for words, sentence in (([], "expected one of --client"), (["--client", "sshexec", "--replay", "x"], "found several"),
                            (["--client", "no-such-client"], "no-such-client"), (["--"], "expected a command after --"),
                            (["--replay", "/nowhere/at-all"], "cannot be read"), (["--replay", "empty"], "found an empty file"),
                            (["--client", "sshexec", "more"], "expected options only, found 'more'"),
                            (["--client", "sshexec", "--transcript", "/nowhere/at-all"], "cannot write /nowhere/at-all"),
                            (["--quickly"], "there is no such option")):
        done = expect_sentence(expect_status(run(fakesshd("probe", *words)), 2), sentence)
        assert done.err.count("\n") == 1, str(done)
