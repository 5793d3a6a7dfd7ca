-- RFC 4253 11.1 numbers fifteen reasons; the client's answer is the same for each.
return {
  about  = "Sends DISCONNECT while the command runs, with one reason or another.",
  rfc    = "4253 11.1",
  cites  = {
    "https://github.com/libssh2/libssh2/issues/102",
    "https://github.com/warp-tech/warpgate/pull/2584",
  },
  engine = "crafted",
  kind   = "ending",
  expect = { outcome = "failure", phase = { "data", "disconnect" } },
  variants = {
    { name = "protocol-error",  code = 2, text = "protocol error" },
    { name = "connection-lost", code = 10, text = "connection lost" },
    { name = "unknown",         code = 77, text = ("x"):rep(20000) },
  },

  serve = function(conn, v)
    conn:upto("data")
    conn:disconnect(v.text, v.code)
    conn:hold()
  end,
}
