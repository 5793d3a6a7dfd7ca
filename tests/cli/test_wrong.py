"""The harness can fail: each client that is wrong on purpose gets its own verdict, exactly."""
import json

from lab import expect_status, fakesshd, program, run, test


def word_of(verdict):
    words = [verdict["deadline"]] * (verdict["deadline"] != "OK") + [w for w in verdict["cleanup"] if w != "OK"]
    return "+".join(words) or "OK"


def rate_is_one(case, counter):
    per_task = case["growth"][counter]["per_task"]
    assert abs(per_task - 1) < 0.005, f"{counter}: {per_task} per task"


def selftest(*words):
    """What it says, and its cases by client and id."""
    done = run(fakesshd("selftest", *words, "--json", "out.json"), timeout=390)
    with open("out.json") as file:
        return done, {(case["client"], case["id"]): case for case in json.load(file)["cases"]}


@test(limit_s=500, alone=True)
def every_client_that_is_wrong_on_purpose_gets_its_own_verdict_and_is_well_on_a_healthy_server():
    # The table is the clients' own, and asked here apart from what selftest makes of it.
    wanted = {name: (id, verdict) for name, id, verdict, _ in
              (line.split() for line in run([program("wrong"), "--verdicts"]).out.splitlines())}
    done, cases = selftest()
    # What the machine left undecided says nothing of the judge: that is asked again, alone, and told. So is one
    # that spins, where others that spin beside it had the processors.
    undecided = {client.split("/")[1] for (client, _), case in cases.items()
                 if case["verdict"]["deadline"] == "INCONCLUSIVE"}
    undecided |= {name for name, (id, verdict) in wanted.items() if verdict.endswith("SPIN") and
                  word_of(cases[f"wrong/{name}", id]["verdict"]) == "OK" and
                  cases[f"wrong/{name}", id]["slow_factor"] > 1}
    for name in undecided:
        print(f"undecided at first: {name}", flush=True)
        again, more = selftest("--defects", name)
        expect_status(again, 0)
        cases.update(more)
    assert len(undecided) <= 4, f"too much was undecided: {undecided}\n{done}"
    found = [f"{name} on {id}: expected {verdict}, found {word_of(cases[f'wrong/{name}', id]['verdict'])}"
             for name, (id, verdict) in wanted.items()
             if word_of(cases[f"wrong/{name}", id]["verdict"]) != verdict]
    assert not found, "\n".join(found) + f"\n{done}"
    assert done.status == 0 or undecided and done.status in (1, 3), str(done)
    story = cases["wrong/dial-only", "ident/silent"]
    rate_is_one(story, "threads")
    rate_is_one(story, "fds")
    assert "1.00" in story["reason"], story["reason"]
