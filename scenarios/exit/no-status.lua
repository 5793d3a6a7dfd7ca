-- The output is over, the command's end is not: a client that waits for the status waits for ever.
return {
  about  = "Sends the output and EOF, and never the exit-status.",
  rfc    = "4254 6.10",
  cites  = {
    "https://github.com/sshnet/SSH.NET/issues/52",
    "https://github.com/golang/go/issues/42090",
  },
  expect = { outcome = "timeout", phase = "exit" },

  serve = function(conn)
    conn:upto("exit")
    conn:hold()
  end,
}
