"""`fakesshd matrix`: all clients by all ids into a folder, gone on with after a kill, shared out."""
import json
import os
import signal

from lab import (expect_no_process_left, expect_sentence, expect_status, fakesshd, finish, rogue_manifest, run,
                 start, test, wait_until, write)

KEX = ["kex/no-reply", "kex/disconnect", "kex/fin", "kex/signature", "kex/half-reply"]
TWO = ["--clients", "sshexec,sshexec-cli", "--deadline", "300ms"]


def results(folder="out"):
    with open(f"{folder}/results.json") as file:
        return json.load(file)


def cells(folder="out"):
    """The cells of cells.jsonl, from lines that are whole."""
    try:
        with open(f"{folder}/cells.jsonl") as file:
            lines = [json.loads(line) for line in file.read().split("\n")[1:-1]]
        return [line for line in lines if "client" in line]
    except FileNotFoundError:
        return []


def names(cases):
    return sorted((case["client"], case["id"]) for case in cases)


def ids(*selectors):
    return [line.split()[0] for line in run(fakesshd("list", *selectors)).out.splitlines()]


def all_of(*selectors):
    return sorted((client, id) for client in ("sshexec", "sshexec-cli") for id in ids(*selectors))


def judge(*words, folder="out", env=None):
    """What the verdicts are is not asked here: a busy machine has its own."""
    return judged(run(fakesshd("matrix", "--out", folder, *TWO, *words), timeout=90, env=env))


def judged(done):
    assert done.status in (0, 1, 3), str(done)
    return done


def refused(*words, saying):
    done = run(fakesshd("matrix", "--out", "out", *TWO, *words))
    expect_sentence(expect_status(done, 2), *saying)


@test
def every_cell_has_a_verdict_and_a_line_and_its_evidence():
    stuck = write("stuck.lua", """return { name = "stuck", kind = "template", argv = {
        "ssh", "-F", "none", "-o", "IdentitiesOnly=yes", "-o", "IdentityAgent=none",
        "-o", "BatchMode=yes", "-o", "UserKnownHostsFile={known_hosts}", "-i", "{key}", "-p", "{port}",
        "{user}@{host}", "{command}" } }
""")
    done = judge("--client", stuck, "healthy/exec", "ident/silent", "--no-stacks",
                 "--deadline", "1s")
    expect_status(done, 1)
    told = results()
    assert told["complete"] is True and told["profile"] == "matrix", told
    verdicts = {(case["client"], case["id"]): case["verdict"]["deadline"] for case in told["cases"]}
    assert verdicts == {(client, id): "HUNG" if (client, id) == ("stuck", "ident/silent") else "OK"
                        for client in ("sshexec", "sshexec-cli", "stuck")
                        for id in ("healthy/exec", "ident/silent")}, str(done)
    assert names(cells()) == names(told["cases"])
    driver = [case for case in told["cases"] if case["client"] == "sshexec"][0]
    assert driver["tasks"] == 16 and [t for t, _ in driver["growth"]["fds"]["series"]] == [0, 8], driver
    file = [case for case in told["cases"] if case["evidence"]][0]["evidence"]["file"]
    assert file == "evidence/ident_silent.stuck.txt" and os.path.exists(f"out/{file}"), file
    expect_no_process_left()
    write("stuck.expect", "ident/silent HUNG RFC 4253 4.2 sets no limit\n")
    again = judge("--client", stuck, "healthy/exec", "ident/silent", "--no-stacks", "--deadline", "1s")
    expect_status(again, 0)
    case = [case for case in results()["cases"] if case["evidence"]][0]
    assert case["as_expected"] and case["known_gap"] == "RFC 4253 4.2 sets no limit", case
    assert case["known_gap_at"].endswith("stuck.expect:1"), case


@test(limit_s=120)
def a_run_that_was_killed_goes_on_and_judges_each_cell_exactly_once():
    words = fakesshd("matrix", "--out", "out", *TWO, "--jobs", "3", *KEX)
    process = start(words)
    assert wait_until(lambda: len(cells()) >= 3, 30), "no cell within 30 s"
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    expect_no_process_left()
    before = cells()
    assert 3 <= len(before) < len(all_of(*KEX)) and not os.path.exists("out/results.json")
    with open("out/cells.jsonl", "a") as file:
        file.write('{"id":"kex/no-re')  # as if it had been killed while it wrote
    done = judged(run(words, timeout=100))
    assert f"going on: {len(before)} of {len(all_of(*KEX))}" in done.out, str(done)
    assert cells()[:len(before)] == before
    assert names(cells()) == all_of(*KEX) == names(results()["cases"])
    assert results()["complete"] is True


def judge_one_by_one(client):
    """One lane, so that each case can have the process of the one before."""
    judged(run(fakesshd("matrix", "--out", "out", "--clients", client, "--deadline", "300ms", "--jobs", "1",
                        "--one-variant", "newkeys", "service"), timeout=100))
    return cells()


@test(limit_s=120)
def a_driver_that_left_no_trace_goes_on_with_the_next_case():
    """What is judged again alone, for a busy machine's sake, has a process of its own."""
    told = [cell["tasks_before"] for cell in judge_one_by_one("sshexec") if cell["verdict"]["deadline"] != "SKIP"]
    assert told[0] == 0 and sum(before > 0 for before in told) > len(told) / 2, told
    assert len(set(before for before in told if before > 0)) > 2, told


@test(limit_s=120)
def what_a_driver_does_only_after_other_cases_is_not_held_against_the_case_but_told():
    """Deaf from its 30th task on: in a process of its own no case comes that far."""
    told = judge_one_by_one(rogue_manifest("deaf", 30, "each"))
    assert all(cell["hung"] == 0 for cell in told), told
    after = [cell for cell in told if "in one that had other cases before, tasks were overdue" in cell["reason"]]
    assert after and all(cell["tasks_before"] == 0 for cell in after), [cell["reason"] for cell in told]


@test(limit_s=120)
def an_interrupted_run_says_what_is_missing_and_the_same_command_ends_it():
    words = fakesshd("matrix", "--out", "out", *TWO, "--jobs", "2", "newkeys", "--one-variant")
    process = start(words)
    assert wait_until(lambda: len(cells()) >= 1, 30), "no cell within 30 s"
    os.kill(process.pid, signal.SIGINT)
    expect_status(finish(process), 130)
    told = results()
    assert told["complete"] is False and told["incomplete_why"] == "interrupted", told
    assert names(told["cases"]) == names(cells())
    judged(run(words, timeout=100))
    assert results()["complete"] is True and results()["incomplete_why"] is None


@test
def what_is_judged_already_is_not_judged_again_unless_it_is_asked_for():
    judge("healthy/exec", "tcp/refused")
    first = cells()
    done = judge("healthy/exec", "tcp/refused")
    open_cells = [cell for cell in first if cell["verdict"]["deadline"] in ("INCONCLUSIVE", "ERROR")]
    assert f"{4 - len(open_cells)} of 4 cells are judged" in done.out, str(done)
    assert names(cells()) == names(first + open_cells) and cells()[:4] == first
    first = cells()
    judge("healthy/exec", "tcp/refused", "--again", "tcp")
    again = names(cells()[len(first):])
    assert {("sshexec", "tcp/refused"), ("sshexec-cli", "tcp/refused")} <= set(again), again
    assert names(results()["cases"]) == all_of("healthy/exec", "tcp/refused")
    judge("healthy/exec", "tcp/refused", "--fresh")
    assert names(cells()) == all_of("healthy/exec", "tcp/refused")


@test
def a_folder_that_was_begun_with_something_else_is_refused_with_what_differs():
    judge("tcp/refused")
    refused("tcp/refused", "--deadline", "400ms", saying=["deadline_ms: it was begun with 300"])
    refused("tcp/refused", "--client", "openssh", saying=["clients: it was begun without", "openssh"])
    refused("tcp/refused", "healthy/exec", saying=['ids: it was begun without "healthy/exec"'])
    refused("tcp/refused", "--shard", "1/2", saying=['shard: it was begun with "all"'])
    refused("tcp/no-such-id", saying=["tcp/no-such-id"])
    refused("tcp/refused", "--clients", "sshexec", saying=["'sshexec' is named twice"])
    expect_sentence(expect_status(run(fakesshd("matrix")), 2), "--out FOLDER is missing")


@test
def shards_are_disjoint_and_together_whole_and_an_empty_one_is_no_error():
    parts = [shard(["--shard", f"{i}/2"], f"part{i}") for i in (1, 2)]
    parts.append(shard(["--shard", "auto"], "part3", {"CI_NODE_INDEX": "1", "CI_NODE_TOTAL": "2"}))
    assert names(parts[0]["cases"]) == names(parts[2]["cases"])
    assert names(parts[0]["cases"] + parts[1]["cases"]) == all_of("healthy", "tcp/refused")
    assert parts[0]["cases"] and parts[1]["cases"]
    assert parts[1]["shard"] == {"index": 2, "count": 2} and parts[1]["complete"] is True
    empty = [i for i in range(1, 6) if "holds none of the cells" in
             judge("tcp/refused", "--shard", f"{i}/5", folder=f"of5-{i}").out]
    assert 3 <= len(empty) <= 4, empty  # two cells for five


@test
def run_judges_a_shard_too_and_says_when_nothing_fell_into_it():
    told = []
    for i in (1, 2):
        done = judged(run(fakesshd("run", "tcp/refused", "tcp/fin-at-once", "ident/not-ssh", "--no-probe",
                                   "--profile", "matrix", "--shard", f"{i}/2", "--json", f"{i}.json"),
                          timeout=60))
        with open(f"{i}.json") as file:
            told += [case["id"] for case in json.load(file)["cases"]]
        assert done.out
    assert sorted(told) == sorted(ids("tcp/refused", "tcp/fin-at-once", "ident/not-ssh"))
    said = [run(fakesshd("run", "tcp/refused", "--shard", f"{i}/2"), timeout=60) for i in (1, 2)]
    empty = [done for done in said if "holds none of the cells" in done.out]
    assert len(empty) == 1 and empty[0].status == 0, "\n".join(map(str, said))
    expect_sentence(expect_status(run(fakesshd("run", "tcp/refused", "--shard", "3/2")), 2), "--shard")


@test
def a_client_that_is_not_there_is_skipped_with_its_reason_in_each_of_its_cells():
    absent = write("absent.lua", "return { name = 'absent', kind = 'driver', argv = { 'no-such-driver' }, "
                   "version = { 'no-such-driver', '--version' }, packages = { 'no-such-package' } }\n")
    done = judge("--client", absent, "healthy/exec", "tcp/refused")
    skipped = [case for case in results()["cases"] if case["client"] == "absent"]
    assert len(skipped) == 2 and all(case["verdict"]["deadline"] == "SKIP" and
                                     "no-such-package" in case["reason"] for case in skipped), str(done)
    assert len(results()["cases"]) == 6


def shard(words, folder, env=None):
    judge("healthy", "tcp/refused", *words, folder=folder, env=env)
    return results(folder)


@test(limit_s=100)
def two_runs_agree():
    """Where a busy machine lets both say something."""
    told = []
    for folder in ("one", "two"):
        run(fakesshd("matrix", "--out", folder, *TWO, "healthy/exec", "healthy/exit-status",
                     "ident/silent", "--deadline", "1s"), timeout=90)
        assert names(results(folder)["cases"]) == names(cells(folder))
        told.append({(case["client"], case["id"]): case["verdict"] for case in results(folder)["cases"]
                     if case["verdict"]["deadline"] != "INCONCLUSIVE"})
    both = set(told[0]) & set(told[1])
    assert both and all(told[0][cell] == told[1][cell] for cell in both), told
