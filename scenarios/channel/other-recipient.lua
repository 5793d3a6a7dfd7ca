-- The confirmation is for a channel that the client never opened; its own stays unanswered.
return {
  about  = "Confirms a channel that the client has not asked for.",
  rfc    = "4254 5.1",
  cites  = {
    "https://github.com/golang/go/issues/81316",
  },
  engine = "crafted",
  kind   = "order",
  expect = { outcome = { "timeout", "failure" }, phase = { "channel" } },

  serve = function(conn)
    conn:alter("CHANNEL_OPEN_CONFIRMATION", { recipient = 77 })
    conn:upto("request")
    conn:hold()
  end,
}
