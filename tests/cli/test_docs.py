"""The documents say what the code says."""
import os

from lab import ROOT, program, run, test

PAGES = ["fakesshd.1", "sshexec.1", "fakesshd-scenario.5", "fakesshd-driver.7"]


@test
def the_tables_of_the_manual_are_those_of_the_code():
    for page in PAGES:
        with open(os.path.join(ROOT, "man", page)) as file:
            text = file.read()
        done = run([program("man-tables")], text=text)
        assert done.status == 0 and done.out == text, f"{page} is old: run `make man`\n{done.err}"


@test
def the_manual_of_sshexec_names_every_option_of_its_help():
    with open(os.path.join(ROOT, "man", "sshexec.1")) as file:
        page = file.read()
    words = run([program("sshexec"), "--help"]).out.replace(",", " ").split()
    for word in {w for w in words if w.startswith("--") and len(w) > 2} - {"--help", "--version"}:
        assert f"Fl -{word[2:]}" in page or f", {word[1:]}" in page, word
