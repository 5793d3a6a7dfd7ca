-- IGNORE messages are bytes on the wire and nothing else.
return {
  about  = "Sends IGNORE each 50 ms and never answers the request to open a channel.",
  rfc    = "4254 5.1",
  cites  = {
    "https://github.com/mwiede/jsch/issues/836",
  },
  expect = { outcome = "timeout", phase = "channel" },

  serve = function(conn)
    conn:upto("channel")
    repeat conn:ignore("still here") until not conn:sleep(0.05)
  end,
}
