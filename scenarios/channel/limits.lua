-- RFC 4254 5.1: any window and any maximum packet may be said, and a client that writes has to live with
-- it. Nothing is written here.
return {
  about  = "Confirms the channel with a window or a maximum packet of nothing, or of all there is.",
  rfc    = "4254 5.1",
  cites  = {
    "https://github.com/mscdex/ssh2/issues/1504",
    "https://github.com/hierynomus/sshj/issues/44",
  },
  engine = "crafted",
  kind   = "malformed",
  expect = { outcome = { "success", "failure", "timeout" }, phase = { "channel", "request", "data" } },
  variants = {
    { name = "max-packet-0", window = 2097152, max_packet = 0 },
    { name = "window-0",     window = 0, max_packet = 32768 },
    { name = "both-0",       window = 0, max_packet = 0 },
    { name = "both-huge",    window = 4294967295, max_packet = 4294967295 },
  },

  serve = function(conn, v)
    conn:alter("CHANNEL_OPEN_CONFIRMATION", { window = v.window, max_packet = v.max_packet })
    conn:healthy()
  end,
}
