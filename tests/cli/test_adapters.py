"""The clients under test that are no command: adapters around other people's libraries."""
import json

from lab import expect_status, fakesshd, run, test, write

ABSENT = """return {
  name = "absent", kind = "driver", argv = { "no-such-client" }, version = { "no-such-client", "--version" },
  packages = { "no-such-package" },
}
"""


@test
def a_client_that_is_not_installed_is_skipped_with_the_reason():
    absent = write("absent.lua", ABSENT)
    done = run(fakesshd("run", "healthy/exec", "ident/silent", "--client", absent, "--json", "o.json"))
    expect_status(done, 4)  # nothing was judged
    cases = json.load(open("o.json"))["cases"]
    assert [case["verdict"]["deadline"] for case in cases] == ["SKIP", "SKIP"], cases
    assert all("not installed: it needs no-such-package" in case["reason"] for case in cases), cases
    done = run(fakesshd("run", "healthy/exec", "--client", absent, "--client", "sshexec"))
    expect_status(done, 0)
    assert "SKIP" in done.out and "absent: 1 of 1 as expected, 1 skipped" in done.out, str(done)
