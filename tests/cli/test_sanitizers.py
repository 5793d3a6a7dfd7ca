"""Run twice: with the plain build, and with the one under AddressSanitizer and UBSan."""
import socket

from lab import Server, expect_sentence, expect_status, run, test, write


@test
def under_sanitizers_a_served_command_leaves_no_report():
    server = Server("healthy/exec", "ident/silent", count=2)
    for number in range(5):
        done = run(server.ssh("nonce", str(number), at=server.at["healthy/exec"]))
        assert done.out == f"{number}\n", str(done)
    expect_sentence(expect_status(server.stop(), 0))


@test
def under_sanitizers_a_script_that_ended_before_its_connection_leaves_no_report():
    path = write("ends.lua", """return {
  about = "Ends its script with the connection open.", rfc = "4253 4.2",
  expect = { outcome = "timeout" },
  serve = function(conn) conn.log(conn, "done") end,
}
""")
    server = Server(path)
    clients = [socket.create_connection((server.first["host"], server.first["port"]))
               for _ in range(200)]  # enough for Lua to collect garbage
    for client in clients:
        client.close()
    expect_sentence(expect_status(server.stop(), 0))
