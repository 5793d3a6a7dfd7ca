"""The story with the real thing: golang.org/x/crypto/ssh against silent hosts."""
import json
import os
import xml.etree.ElementTree

import lab
from lab import ROOT, expect_status, run, test


@test(limit_s=150)
def the_story_is_told_in_order_and_its_figures_are_one_per_task():
    done = run([os.path.join(ROOT, "tools", "story"), lab.BIN, "story"], timeout=140)
    expect_status(done, 0)
    titles = [line for line in done.out.splitlines() if line.startswith("## ")]
    assert [title.split()[1] for title in titles] == ["The", "What", "One", "The", "The", "What", "What"], titles
    with open("story/story.json") as file:
        told = json.load(file)
    dial, cure = told["samples"]["dial"], told["samples"]["deadline"]
    for name in ("tasks", "goroutines", "fds"):
        per_task = (dial[-1][name] - dial[9][name]) / (dial[-1]["begun"] - dial[9]["begun"])
        assert abs(per_task - 1) < 0.01, f"{name}: {per_task} per task\n{done}"
        assert cure[-1][name] <= cure[9][name] + 8, f"{name}: {cure[9]} then {cure[-1]}"
    assert told["group"]["count"] == dial[-1]["begun"], told["group"]["count"]
    assert any(name.endswith("ssh.readVersion") for name, place in told["group"]["frames"]), told["group"]
    verdicts = {(case["client"], case["id"]): case for case in told["cases"]}
    hung = verdicts["go-dial", "ident/silent"]
    assert hung["verdict"] == {"deadline": "HUNG", "cleanup": ["LEAK_CONN", "LEAK_FD", "LEAK_TASK"]}, hung["verdict"]
    for name in ("goroutines", "fds", "tasks"):
        assert abs(hung["growth"][name]["per_task"] - 1) < 0.01, hung["growth"][name]
    for id in ("channel/silent", "request/silent", "data/silent"):
        assert verdicts["go-handshake", id]["verdict"]["deadline"] == "HUNG", id
    for (client, id), case in verdicts.items():
        if client == "go-deadline":
            assert case["verdict"] == {"deadline": "OK", "cleanup": ["OK"]}, (id, case["verdict"])
            assert case["growth"]["goroutines"]["verdict"] == "BOUNDED", id
    the_curves_are_two()


def the_curves_are_two():
    root = xml.etree.ElementTree.parse("story/story.svg").getroot()
    lines = {line.get("id"): line.get("points").split() for line in root.iter("{http://www.w3.org/2000/svg}polyline")}
    assert sorted(lines) == ["deadline", "dial"], lines
    heights = {name: float(points[-1].split(",")[1]) for name, points in lines.items()}
    assert heights["dial"] < heights["deadline"] - 100, heights
