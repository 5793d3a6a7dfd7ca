"""The harness can fail: each client that is wrong on purpose gets its own verdict, exactly."""
import json

from lab import Test, TESTS, expect_status, fakesshd, program, run


def judged(name, scenario, verdict, profile="quick"):
    def check():
        # Alone on two cores or beside others: late is late by a second, so a busy machine may not matter.
        done = run(fakesshd("run", scenario, "--client", f"wrong/{name}", "--profile", profile,
                            "--no-stacks", "--json", "out.json"), timeout=170)
        with open("out.json") as file:
            results = json.load(file)
        case = results["cases"][0]
        found = "+".join(([] if case["verdict"]["deadline"] == "OK" else
                          [case["verdict"]["deadline"]]) +
                         [word for word in case["verdict"]["cleanup"] if word != "OK"]) or "OK"
        assert found == verdict, f"expected {verdict}, found {found}\n{done}"
        expect_status(done, 0 if verdict == "OK" else 1)
        return case
    return check


def rate_is_one(case, counter):
    per_task = case["growth"][counter]["per_task"]
    assert abs(per_task - 1) < 0.005, f"{counter}: {per_task} per task"


def story(check):
    def told():
        case = check()
        rate_is_one(case, "threads")
        rate_is_one(case, "fds")
        assert "1.00" in case["reason"], case["reason"]
    return told


def add(name, scenario, verdict, profile):
    check = judged(name, scenario, verdict, profile)
    if name == "dial-only":
        check = story(check)
    TESTS.append(Test(check, 180, False, f"wrong/{name} on {scenario} is judged {verdict}"))


# The table is the clients' own.
for line in run([program("wrong"), "--verdicts"]).out.splitlines():
    add(*line.split())
