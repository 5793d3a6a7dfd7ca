"""The harness can fail: each client that is wrong on purpose gets its own verdict, exactly."""
import json

from lab import expect_status, fakesshd, program, run, test


def word_of(verdict):
    words = [verdict["deadline"]] * (verdict["deadline"] != "OK") + [w for w in verdict["cleanup"] if w != "OK"]
    return "+".join(words) or "OK"


def rate_is_one(case, counter):
    per_task = case["growth"][counter]["per_task"]
    assert abs(per_task - 1) < 0.005, f"{counter}: {per_task} per task"


@test(limit_s=400, alone=True)
def every_client_that_is_wrong_on_purpose_gets_its_own_verdict_and_is_well_on_a_healthy_server():
    # The table is the clients' own, and asked here apart from what selftest makes of it.
    wanted = [line.split() for line in run([program("wrong"), "--verdicts"]).out.splitlines()]
    done = run(fakesshd("selftest", "--jobs", "16", "--json", "out.json"), timeout=390)
    with open("out.json") as file:
        cases = {(case["client"], case["id"]): case for case in json.load(file)["cases"]}
    found = [f"{name} on {id}: expected {verdict}, found {word_of(cases[f'wrong/{name}', id]['verdict'])}"
             for name, id, verdict, profile in wanted
             if word_of(cases[f"wrong/{name}", id]["verdict"]) != verdict]
    assert not found, "\n".join(found) + f"\n{done}"
    expect_status(done, 0)
    assert done.out.splitlines()[-1].startswith(f"{len(wanted) - 1} of {len(wanted) - 1} defects killed"), str(done)
    story = cases["wrong/dial-only", "ident/silent"]
    rate_is_one(story, "threads")
    rate_is_one(story, "fds")
    assert "1.00" in story["reason"], story["reason"]
