"""The whole catalogue against the bundled client, and eight ids of it under the sanitizers."""
import json
import os

from lab import expect_status, fakesshd, run, test


def cases(name):
    with open(name) as file:
        return json.load(file)["cases"]


@test(alone=True, limit_s=150)
def the_bundled_client_is_as_expected_on_the_whole_catalogue():
    done = run(fakesshd("run", "--client", "sshexec", "--json", "out.json"), timeout=140)
    others = [case for case in cases("out.json") if not case["as_expected"]]
    assert not others, str(done)
    expect_status(done, 0)
    assert len(cases("out.json")) >= 20, "at least 20 ids"


# Under the sanitizers everything is slower, so nothing is said about time: only about answers,
# crashes, and reports. A step of each part of the protocol.
EIGHT = ["ident/silent", "ident/dribble/steady", "kexinit/silent", "kex/no-reply", "auth/refused",
         "channel/silent", "exit/closed-without-status", "healthy/exec"]
OF_TIME = {"OK", "LATE", "EARLY"}


@test(alone=True, limit_s=90)
def under_sanitizers_eight_ids_of_the_catalogue_are_as_expected():
    reports = os.path.abspath("report")
    done = run(fakesshd("run", *EIGHT, "--deadline", "1s", "--client", "sshexec", "--json", "out.json"),
               timeout=85, env={"ASAN_OPTIONS": f"log_path={reports}",
                                "UBSAN_OPTIONS": f"log_path={reports}:print_stacktrace=1"})
    found = [name for name in os.listdir(".") if name.startswith("report")]
    assert not found, open(found[0]).read() + str(done)
    told = cases("out.json")
    assert len(told) == len(EIGHT), str(done)
    for case in told:
        assert case["verdict"].get("deadline") in OF_TIME, str(done)
