-- The output is there. Only the status is waited for, and the peer is alive.
return {
  about  = "Sends the output and EOF, then IGNORE each 50 ms and never the exit-status.",
  rfc    = "4254 6.10, 4253 11.2",
  cites  = {
    "https://github.com/artyom-poptsov/guile-ssh/issues/11",
    "https://github.com/mwiede/jsch/issues/836",
  },
  expect = { outcome = "timeout", phase = "exit" },

  serve = function(conn)
    conn:upto("exit")
    repeat conn:ignore("almost") until not conn:sleep(0.05)
  end,
}
