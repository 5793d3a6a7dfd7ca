-- RFC 4254 5.3: after CLOSE nothing is said on a channel. This status comes too late.
return {
  about  = "Sends CLOSE, and the exit-status after it.",
  rfc    = "4254 6.10",
  cites  = {
    "https://github.com/ronf/asyncssh/issues/591",
    "https://github.com/mscdex/ssh2/issues/168",
  },
  engine = "crafted",
  kind   = "order",
  expect = { outcome = { "failure", "success" }, phase = { "data", "exit", "close", "disconnect" } },

  serve = function(conn)
    local channel = conn:upto("exit")
    if not channel then return end
    conn:packet{ "CHANNEL_CLOSE" }
    conn:packet{ "CHANNEL_REQUEST", type = "exit-status", want_reply = false, status = 0 }
    conn:hold()
  end,
}
