"""The documents say what the code says."""
import json
import os
import re

from lab import ROOT, expect_status, fakesshd, program, run, test, write

PAGES = ["fakesshd.1", "sshexec.1", "fakesshd-scenario.5", "fakesshd-driver.7"]


@test
def the_tables_of_the_manual_are_those_of_the_code():
    for page in PAGES:
        with open(os.path.join(ROOT, "man", page)) as file:
            text = file.read()
        done = run([program("man-tables")], text=text)
        assert done.status == 0 and done.out == text, f"{page} is old: run `make docs`\n{done.err}"


@test
def the_manual_of_sshexec_names_every_option_of_its_help():
    with open(os.path.join(ROOT, "man", "sshexec.1")) as file:
        page = file.read()
    words = run([program("sshexec"), "--help"]).out.replace(",", " ").split()
    for word in {w for w in words if w.startswith("--") and len(w) > 2} - {"--help", "--version"}:
        assert f"Fl -{word[2:]}" in page or f", {word[1:]}" in page, word


@test
def the_tables_of_the_readme_are_those_of_the_code():
    with open(os.path.join(ROOT, "README.md")) as file:
        text = file.read()
    done = run([os.path.join(ROOT, "tools/readme-tables"), program("fakesshd")], text=text)
    assert done.status == 0 and done.out == text, f"README.md is old: run `make docs`\n{done.err}"


@test
def the_index_of_the_scenarios_is_that_of_the_catalogue():
    with open(os.path.join(ROOT, "scenarios/README.md")) as file:
        text = file.read()
    done = expect_status(run(fakesshd("list", "--markdown")), 0)
    assert done.out == text, "scenarios/README.md is old: run `make index`"
    ids = [row["id"] for row in json.loads(run(fakesshd("list", "--json")).out)]
    rows = re.findall(r"^\| `([a-z0-9/-]+)` \|", text, re.M)
    assert rows == ids, "a line for each id"
    cells = re.findall(r" (\d+) (?=\|)", text[:text.index("## Ids\n")])
    assert sum(map(int, cells)) == len(ids), "each id is counted once"


@test
def no_file_that_the_readme_names_is_missing():
    with open(os.path.join(ROOT, "README.md")) as file:
        text = file.read()
    for name in re.findall(r"`([a-z-]+/[a-z_/-]+\.[a-z0-9]+|[A-Z]+\.md)`", text):
        assert os.path.exists(os.path.join(ROOT, name)), name


def clients_of(word):
    """The names of the manifests of a kind that there is a file `word` of."""
    folder = os.path.join(ROOT, "client-under-test")
    return sorted(name.removesuffix(word) for name in os.listdir(folder) if name.endswith(word))


@test
def the_findings_tell_of_every_client():
    with open(os.path.join(ROOT, "docs/findings.md")) as file:
        text = file.read()
    for name in clients_of(".lua"):
        assert f"`{name}`" in text, f"docs/findings.md says nothing of {name}"
    for name in re.findall(r"^\| `([a-z0-9-]+)` \|", text, re.M):
        assert name in clients_of(".lua"), f"docs/findings.md tells of {name}, which has no manifest"
    ids = [row["id"] for row in json.loads(run(fakesshd("list", "--json")).out)]
    for word in re.findall(r"`([a-z]+/[a-z0-9/-]+)`", text):
        known = [id for id in ids if id == word or id.startswith(word + "/")]
        assert known or word.startswith(("client-under-test/", "docs/")), f"docs/findings.md names {word}, which there isn't"


@test
def every_list_of_known_gaps_has_a_manifest_and_says_whose_it_is():
    for name in clients_of(".expect"):
        assert name in clients_of(".lua"), name
        with open(os.path.join(ROOT, f"client-under-test/{name}.expect")) as file:
            assert file.readline().startswith("# "), f"{name}.expect begins without a word on the client"


@test
def the_example_in_contributing_is_a_sound_scenario():
    with open(os.path.join(ROOT, "CONTRIBUTING.md")) as file:
        example = re.search(r"```lua\n(.*?)```", file.read(), re.S).group(1)
    os.mkdir("auth")
    write("auth/half-answer.lua", example.replace("\n   ", "\n").removeprefix("   "))
    expect_status(run([program("fakesshd"), "lint", "auth/half-answer.lua"]), 0)
    expect_status(run([program("fakesshd"), "run", "auth/half-answer.lua", "--client",
                       "sshexec-cli"]), 0)


@test
def the_driver_in_the_manual_is_the_example():
    with open(os.path.join(ROOT, "man/fakesshd-driver.7")) as file:
        shown = re.search(r'The text of examples/driver.py[^\n]*\n\.Bd -literal\n(.*?)\n\.Ed\n', file.read(), re.S).group(1)
    with open(os.path.join(ROOT, "examples/driver.py")) as file:
        example = file.read()
    assert shown.replace("\n\\&", "\n").replace("\\e", "\\") == example.rstrip("\n"), "copy examples/driver.py into the page"
    assert 60 <= example.count("\n") <= 100, "a driver is short"


@test
def every_rule_of_the_protocol_names_a_section_of_the_manual():
    with open(os.path.join(ROOT, "man/fakesshd-driver.7")) as file:
        page = file.read()
    sections = re.findall(r"^\.Sh (.*)$", page, re.M)
    with open(os.path.join(ROOT, "fakesshd/judge/conformance.h")) as file:
        rows = re.findall(r'X\(RULE_\w+,.*?"([A-Z ]+)"\)', file.read(), re.S)
    assert len(rows) > 20 and set(rows) <= set(sections), (set(rows) - set(sections), len(rows))
