"""Run twice: with the plain build, and with the one under AddressSanitizer and UBSan."""
from lab import Server, expect_sentence, expect_status, run, test


@test
def under_sanitizers_a_served_command_leaves_no_report():
    server = Server("healthy/exec", "ident/silent", count=2)
    for number in range(5):
        done = run(server.ssh("nonce", str(number), at=server.at["healthy/exec"]))
        assert done.out == f"{number}\n", str(done)
    expect_sentence(expect_status(server.stop(), 0))
