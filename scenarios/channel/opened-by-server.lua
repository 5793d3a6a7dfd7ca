-- A server may ask for channels, too; a client that has no use for them refuses and goes on (RFC 4254
-- 5.1).
return {
  about  = "Asks the client to open a channel of its own, waits for the refusal, then is honest.",
  rfc    = "4254 5.1",
  cites  = {
    "https://github.com/warp-tech/warpgate/issues/1459",
    "https://github.com/gravitational/teleport/issues/3784",
  },
  engine = "crafted",
  kind   = "legal",
  expect = { outcome = "success" },
  variants = {
    { name = "auth-agent",      type = "auth-agent@openssh.com" },
    { name = "session",         type = "session" },
    { name = "unknown",         type = "nobody-has-this@example.com" },
    { name = "forwarded-tcpip", type = "forwarded-tcpip" },
  },

  serve = function(conn, v)
    conn:intercept("CHANNEL_OPEN_FAILURE")
    conn:upto("request")
    conn:packet{ "CHANNEL_OPEN", type = v.type, sender = 9, data = v.data }
    if conn:expect("CHANNEL_OPEN_FAILURE") then conn:healthy() end
  end,
}
