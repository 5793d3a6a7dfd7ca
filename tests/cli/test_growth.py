"""`fakesshd growth`: verdicts for anyone's counters."""
import json
import os

from lab import ROOT, fakesshd, run, test

VECTORS = os.path.join(ROOT, "tests", "data", "growth-vectors.json")


def growth(text, *options):
    return run(fakesshd("growth", *options, "-"), text=text)


def table(*levels, header="tasks,fds"):
    rows = [header] + [",".join(str(x) for x in (50 * i, *row)) for i, row in enumerate(levels)]
    return "\n".join(rows) + "\n"


@test
def every_labelled_series_has_the_figures_of_its_expect_field():
    done = run(fakesshd("growth", "--json", VECTORS))
    assert done.status == 1, done
    with open(VECTORS) as file:
        vectors = json.load(file)["vectors"]
    found = json.loads(done.out)
    assert [f["id"] for f in found] == [v["id"] for v in vectors]
    for got, vector in zip(found, vectors):
        for field, wanted in vector["expect"].items():
            if isinstance(wanted, float) and got[field] is not None:
                near = 1e-3 * min(1, wanted) if field == "bound" else 1e-6
                assert abs(got[field] - wanted) <= near, (got["id"], field, got[field], wanted)
            else:
                assert got[field] == wanted, (got["id"], field, got[field], wanted)
        assert got["why"]


@test
def the_exit_status_is_that_of_the_worst_series():
    flat, leak = [(12, 12)] * 61, [(12, 12 + 50 * i) for i in range(61)]
    assert growth(table(*flat, header="tasks,fds,threads")).status == 0
    assert growth(table(*leak, header="tasks,fds,threads")).status == 1
    assert growth(table(*flat[:5], header="tasks,fds,threads")).status == 3
    short_and_leak = '{"tasks":[0],"values":[1]}\n' + json.dumps(
        {"tasks": [50 * i for i in range(61)], "values": [50 * i for i in range(61)]})
    assert growth(short_and_leak).status == 1


@test
def a_line_names_the_verdict_the_counter_and_the_rate():
    done = growth(table(*[(12 + 50 * i,) for i in range(61)]))
    assert done.out.startswith("GROWING      fds "), done
    assert "1.00 per task [0.985..1.015], 39 separate rises" in done.out, done


@test
def a_profile_sets_the_rule():
    quick = growth(table(*[(12,)] * 3), "--profile", "quick")
    assert quick.status == 0 and "rarer than 1 per 10 tasks" in quick.out, quick
    assert growth(table(*[(12,)] * 3), "--profile", "slow").status == 2


@test
def bad_input_is_one_sentence_and_status_2():
    for text in ("", "x", "0,1\n5,many\n", "[1]", '{"tasks":[0],"values":[NaN]}', "\0\1", "[" * 5000):
        done = growth(text)
        assert done.status == 2 and done.out == "", done
        assert done.err.startswith("fakesshd growth: ") and done.err.count("\n") == 1, done
    for path in ("/", "/nowhere/at-all"):
        done = run(fakesshd("growth", path))
        assert done.status == 2 and path in done.err and done.err.count("\n") == 1, done


@test
def readings_without_progress_are_ignored_and_said_to_be():
    done = growth("0,12\n100,12\n50,90\n1000,12\n")
    assert done.status == 0, done
    assert "1 of 4 readings are ignored" in done.err, done
