-- The sign of life is asked for on the channel (RFC 4254 5.4); the command is as dead as before.
return {
  about  = "Asks for a sign of life on the channel each 50 ms while the command never ends.",
  rfc    = "4254 5.4",
  cites  = {
    "https://github.com/apache/mina-sshd/issues/709",
    "https://github.com/Juniper/go-netconf/issues/59",
  },
  engine = "crafted",
  kind   = "dribble",
  expect = { outcome = "timeout", phase = { "keepalive", "data" } },

  serve = function(conn)
    conn:upto("data")
    while conn:packet{ "CHANNEL_REQUEST", type = "keepalive@openssh.com" } and conn:sleep(0.05) do end
  end,
}
