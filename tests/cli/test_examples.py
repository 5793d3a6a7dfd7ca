"""The examples that others copy are run as they would run them."""
import os
import re

from lab import ROOT, expect_no_process_left, expect_status, program, run, test

EXAMPLES = os.path.join(ROOT, "examples")


def environment(**more):
    return {"FAKESSHD": program("fakesshd"), **more}


@test(limit_s=120)
def the_example_for_pytest_passes_and_catches_the_hang():
    done = run(["pytest-3", "-p", "no:cacheprovider", "-v", os.path.join(EXAMPLES, "pytest")], timeout=100,
               env=environment(PYTHONDONTWRITEBYTECODE="1"))
    expect_status(done, 0)
    assert re.search(r"4 passed, 1 xfailed", done.out), str(done)
    expect_no_process_left()


@test(limit_s=120)
def the_example_for_pytest_fails_where_the_client_leaves_its_connection_open():
    """The fixture must be able to fail: the same client without its close()."""
    for name in ("conftest.py", "test_paramiko.py"):
        with open(os.path.join(EXAMPLES, "pytest", name)) as file:
            text = file.read()
        with open(name, "w") as file:
            file.write(text.replace("        client.close()", "        leaked.append(client)")
                       .replace("DEADLINE_S = 1", "DEADLINE_S = 1\nleaked = []"))
    done = run(["pytest-3", "-p", "no:cacheprovider", "-k", "falls_silent and auth"], timeout=100, env=environment())
    expect_status(done, 1)
    assert "closed: it did not come to pass" in done.out and "'open': 1" in done.out, str(done)


@test(limit_s=180)
def the_example_for_go_passes_and_catches_the_hang():
    folder = os.path.join(EXAMPLES, "go")
    cache = os.path.join(ROOT, "build/go-cache")
    done = expect_status(run(["env", "-C", folder, "go", "test", "-count=1", "-v", "."], timeout=150, env=environment(
        GO111MODULE="off", GOPATH="/usr/share/gocode", GOFLAGS="", GOCACHE=cache, CGO_ENABLED="0")), 0)
    assert "--- PASS: TestDialIsCaughtHanging" in done.out, str(done)
    expect_no_process_left()


@test
def the_example_for_libcheck_builds_without_a_warning_and_passes():
    flags = run(["pkg-config", "--cflags", "--libs", "check", "jansson", "libssh"]).out.split()
    sources = [os.path.join(EXAMPLES, "libcheck", name) for name in ("check_client.c", "lease.c")]
    expect_status(run(["cc", "-std=c11", "-Wall", "-Wextra", "-Werror", *sources, *flags, "-o", "check_client"]), 0)
    done = expect_status(run(["./check_client"], timeout=50, env=environment()), 0)
    assert "100%: Checks: 3, Failures: 0, Errors: 0" in done.out, str(done)
    expect_no_process_left()


@test
def the_example_for_the_shell_passes_and_shellcheck_finds_nothing_in_it():
    folder = os.path.join(EXAMPLES, "shell")
    expect_status(run(["shellcheck", "-x", f"{folder}/lease.sh", f"{folder}/test.sh"]), 0)
    done = expect_status(run(["sh", f"{folder}/test.sh"], timeout=50, env=environment()), 0)
    assert [line.split(" - ")[0] for line in done.out.splitlines()] == ["ok"] * 4, str(done)
    expect_no_process_left()
