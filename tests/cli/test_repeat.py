"""Cases that are judged several times: --repeat, --until-fail, FLAKY, and what a seed decides."""
import json
import signal
import subprocess
import time
import xml.etree.ElementTree as xml

from lab import expect_no_process_left, expect_status, fakesshd, finish, run, start, test, write

# Chance has it that a server turns everyone away: with the same seed it always does, or never.
MOODY = """local open
return {
  about = "Turns everyone away with some seeds.", rfc = "4253 4.2", expect = { outcome = "success" },
  serve = function(conn)
    if open == nil then open = math.random() < 0.5 end
    if open then conn:healthy() else conn:finish() end
  end,
}
"""
SSH = ["ssh", "-F", "none", "-o", "IdentitiesOnly=yes", "-o", "IdentityAgent=none", "-o", "BatchMode=yes",
       "-o", "UserKnownHostsFile={known_hosts}", "-i", "{key}", "-p", "{port}", "{user}@{host}", "{command}"]


def judge(*words, json_file="out.json"):
    done = run(fakesshd("run", write("moody.lua", MOODY), "--profile", "glance", "--no-stacks", "--json",
                        json_file, *words), timeout=60)
    with open(json_file) as file:
        return done, json.load(file)


def words_of(attempt):
    return attempt["verdict"]["deadline"]


@test
def repeats_that_differ_are_flaky_with_each_told():
    done, told = judge("--repeat", "8", "--junit", "out.xml")
    expect_status(done, 1)
    case = told["cases"][0]
    words = [words_of(repeat) for repeat in case["repeats"]]
    good = words.count("OK")
    assert 0 < good < 8 and len(words) == 8, words
    assert case["verdict"] == {"deadline": "FLAKY", "cleanup": [], "flaky": {"k": good, "n": 8}}, case["verdict"]
    assert [repeat["seed"] for repeat in case["repeats"]] == list(range(1, 9))
    first = 1 + next(i for i, word in enumerate(words) if word != "OK")
    assert f"FLAKY({good}/8)" in done.out, str(done)
    assert ("--seed" not in case["repro"] if first == 1 else f"--seed {first} " in case["repro"]), case["repro"]
    assert done.out.count("    repeat ") == 8 - good, str(done)
    failure = next(xml.parse("out.xml").getroot().iter("failure"))
    assert failure.get("type") == f"FLAKY({good}/8)", failure.attrib


@test
def a_seed_decides_what_a_scenario_does():
    _, first = judge("--repeat", "4", "--seed", "50")
    _, second = judge("--repeat", "4", "--seed", "50", json_file="second.json")
    verdicts = [[words_of(repeat) for repeat in told["cases"][0]["repeats"]] for told in (first, second)]
    assert verdicts[0] == verdicts[1] and len(set(verdicts[0])) > 1, verdicts
    one = verdicts[0].index("OK")
    done, alone = judge("--seed", str(50 + one))
    assert words_of(alone["cases"][0]) == "OK" and "repeats" not in alone["cases"][0], alone["cases"][0]
    assert f"seed {50 + one}\n" in done.out, str(done)


@test
def a_seed_decides_in_which_order_cases_begin():
    orders = []
    for seed in ("5", "5", "6", "1"):
        done = run(fakesshd("run", "tcp/refused", "tcp/fin-at-once", "tcp/reset-at-once", "healthy/exec",
                            "auth/refused", "channel/refused", "--jobs", "1", "--profile", "glance", "--seed", seed),
                   timeout=50)
        expect_status(done, 0)
        orders.append([line.split()[1] for line in done.out.splitlines() if line.startswith("OK ")])
    assert len(orders[0]) == 6 and orders[0] == orders[1] != orders[2], orders
    assert orders[3] == sorted(orders[3]), orders


@test
def until_fail_stops_at_the_first_that_is_not_as_expected():
    _, all = judge("--repeat", "4", "--seed", "4")
    verdicts = [words_of(repeat) for repeat in all["cases"][0]["repeats"]]
    bad = 1 + next(i for i, word in enumerate(verdicts) if word != "OK")
    assert bad > 1, verdicts
    done, told = judge("--until-fail", "--seed", "4")
    expect_status(done, 1)
    repeats = told["cases"][0]["repeats"]
    assert len(repeats) == bad and not repeats[-1]["as_expected"], repeats
    assert told["repeats"] == 100


@test
def a_flaky_case_that_is_listed_is_as_expected_unless_it_fails_more_often():
    lines = "file/moody {} it has its moods: https://example.org/1\n"
    _, all = judge("--repeat", "2", "--seed", "3")
    assert all["cases"][0]["verdict"]["flaky"] == {"k": 1, "n": 2}, all["cases"][0]["verdict"]
    for listed, status in (("FLAKY", 0), ("FLAKY(1/2)", 0), ("FLAKY(2/3)", 1), ("HUNG", 1)):
        gaps = write("gaps", lines.format(listed))
        done, told = judge("--repeat", "2", "--seed", "3", "--expect", gaps)
        expect_status(done, status)


@test
def a_case_that_passes_each_time_is_ok_and_says_how_often():
    done = run(fakesshd("run", "tcp/refused", "--repeat", "3", "--json", "out.json", "-v"))
    expect_status(done, 0)
    assert "3 of 3 as expected (3 OK)" in done.out and done.out.count("    repeat ") == 3, str(done)
    assert "3 times each with the seeds from 1 on" in done.out, str(done)


@test
def what_was_repeated_before_an_interruption_is_told():
    judge = start(fakesshd("run", "tcp/refused", "--repeat", "1000", "--json", "out.json", "-v"),
                  stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    time.sleep(4)  # some repeats, however many
    judge.send_signal(signal.SIGINT)
    done = expect_status(finish(judge, timeout=10), 130)
    with open("out.json") as file:
        told = json.load(file)
    assert told["complete"] is False and len(told["cases"]) == 1, str(done)
    repeats = told["cases"][0]["repeats"]
    assert repeats and all(words_of(repeat) == "OK" for repeat in repeats), repeats
    expect_no_process_left()


# ---- the machine ----

@test
def the_noise_of_the_machine_is_measured_before_during_and_after():
    done = expect_status(run(fakesshd("run", "tcp/refused", "--json", "out.json")), 0)
    with open("out.json") as file:
        noise = json.load(file)["noise"]
    assert noise["words"] in ("quiet", "noisy", "too noisy to judge times"), noise
    for when in ("before", "during", "after"):
        sample = noise[when]
        late = sample["timer_lateness_us"]
        assert late["count"] > 0 and late["p50"] <= late["p99"] <= late["max"], sample
        assert set(sample) == {"timer_lateness_us", "fork_exec_us", "busy", "steal", "pressure",
                               "slow_factor"}, sample
    assert f"machine: {noise['words']}: slow factor " in done.out, str(done)


@test(alone=True)
def on_a_machine_that_stands_still_at_times_no_time_is_judged():
    judge = start(fakesshd("run", "ident/silent", "--no-probe", "--tasks", "1", "--json", "out.json", "--",
                           "timeout", "1.2", *SSH),
                  stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    # As the host of a virtual machine does: the judge has no processor for a while, again and again.
    while judge.poll() is None:
        judge.send_signal(signal.SIGSTOP)
        time.sleep(0.3)
        judge.send_signal(signal.SIGCONT)
        time.sleep(0.2)
    done = expect_status(finish(judge), 3)
    with open("out.json") as file:
        told = json.load(file)
    case = told["cases"][0]
    assert case["verdict"]["deadline"] == "INCONCLUSIVE" and "too slow" in case["reason"], str(done)
    # It was judged again alone; both are told.
    assert case["first"]["verdict"]["deadline"] == "INCONCLUSIVE", case
    assert told["noise"]["words"] == "too noisy to judge times", told["noise"]
    assert "machine: too noisy to judge times" in done.out, str(done)
