-- The command took the host down with it, in good order.
return {
  about  = "Sends the output and EOF, then DISCONNECT where the exit-status is due.",
  rfc    = "4253 11.1, 4254 6.10",
  cites  = {
    "https://github.com/libssh2/libssh2/issues/407",
    "https://github.com/libssh2/libssh2/issues/102",
  },
  expect = { outcome = "failure", phase = { "exit", "disconnect" } },
  kind   = "ending",

  serve = function(conn)
    conn:upto("exit")
    conn:sleep(0.05 * conn.deadline) -- the client is to read what came before the end
    conn:disconnect("The system is going down for reboot")
  end,
}
