-- want_reply was true, and the reply is missing: the output and the status say that the command ran.
return {
  about  = "Never says that the command was accepted, and runs it.",
  rfc    = "4254 5.4",
  cites  = {
    "https://github.com/go-git/go-git/issues/2159",
    "https://github.com/paramiko/paramiko/issues/739",
  },
  engine = "crafted",
  kind   = "silence",
  expect = { outcome = { "success", "failure", "timeout" }, phase = { "request", "data", "exit", "close" } },

  serve = function(conn)
    conn:withhold("CHANNEL_SUCCESS")
    conn:healthy()
  end,
}
