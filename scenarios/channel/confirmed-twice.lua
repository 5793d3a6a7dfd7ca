-- The second confirmation is for a channel that is open already.
return {
  about  = "Confirms the channel twice.",
  rfc    = "4254 5.1",
  cites  = {
    "https://github.com/vicajilau/dartssh2/pull/210",
    "https://github.com/golang/go/issues/81317",
  },
  engine = "crafted",
  kind   = "order",
  expect = { outcome = { "success", "failure" }, phase = { "channel", "request", "data" } },

  serve = function(conn)
    conn:again("CHANNEL_OPEN_CONFIRMATION")
    conn:healthy()
  end,
}
