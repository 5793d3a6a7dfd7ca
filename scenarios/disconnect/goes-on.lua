-- RFC 4253 11.1: after DISCONNECT nothing may be sent, and nothing is to be accepted.
return {
  about  = "Sends DISCONNECT in the middle of the output, and output and an exit-status after it.",
  rfc    = "4253 11.1",
  cites  = {
    "https://github.com/libssh2/libssh2/issues/407",
    "https://github.com/phpseclib/phpseclib/issues/2030",
  },
  engine = "crafted",
  kind   = "order",
  expect = { outcome = { "failure" }, phase = { "data", "exit", "close", "disconnect" } },

  serve = function(conn)
    conn:upto("data")
    conn:packet{ "CHANNEL_DATA", data = "part of the output" }
    conn:packet{ "DISCONNECT", text = "and yet it goes on" }
    conn:packet{ "CHANNEL_DATA", data = "more" }
    conn:packet{ "CHANNEL_REQUEST", type = "exit-status", want_reply = false, status = 0 }
    conn:packet{ "CHANNEL_CLOSE" }
    conn:hold()
  end,
}
