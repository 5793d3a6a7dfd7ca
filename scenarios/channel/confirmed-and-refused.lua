-- Both answers came; which of them counts?
return {
  about  = "Confirms the channel, then refuses it.",
  rfc    = "4254 5.1",
  cites  = {
    "https://github.com/golang/go/issues/81317",
  },
  engine = "crafted",
  kind   = "order",
  expect = { outcome = { "success", "failure", "timeout" }, phase = { "channel", "request", "data" } },
  variants = {
    { name = "same-channel",  recipient = nil },
    { name = "other-channel", recipient = 77 },
  },

  serve = function(conn, v)
    conn:upto("request")
    conn:packet{ "CHANNEL_OPEN_FAILURE", recipient = v.recipient }
    conn:healthy()
  end,
}
