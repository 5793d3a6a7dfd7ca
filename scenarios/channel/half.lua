-- The confirmation has begun: the channel is neither open nor refused.
return {
  about  = "Sends the first 20 bytes of its answer to the request to open a channel and falls silent.",
  rfc    = "4253 6, 4254 5.1",
  cites  = {
    "https://github.com/mscdex/ssh2-streams/issues/60",
  },
  expect = { outcome = "timeout", phase = "channel" },
  kind   = "partial",

  serve = function(conn)
    conn:upto("channel")
    conn:cut(20)
    conn:upto("request")
    conn:hold()
  end,
}
