-- The channel is open and the peer alive, so it looks as if the command ran.
return {
  about  = "Sends IGNORE each 50 ms and never answers the request to run a command.",
  rfc    = "4254 6.5, 4253 11.2",
  cites  = {
    "https://github.com/go-git/go-git/issues/2159",
    "https://github.com/mwiede/jsch/issues/836",
  },
  expect = { outcome = "timeout", phase = "request" },

  serve = function(conn)
    conn:upto("request")
    repeat conn:ignore("soon") until not conn:sleep(0.05)
  end,
}
