-- RFC 4254 5: a channel number that nobody has is an error, or it is nobody's business.
return {
  about  = "Sends output for a channel that is not open, then waits.",
  rfc    = "4254 5",
  cites  = {
    "https://github.com/golang/go/issues/81317",
  },
  engine = "crafted",
  kind   = "order",
  expect = { outcome = { "failure", "timeout" }, phase = { "data" } },
  variants = {
    { name = "data",   message = "CHANNEL_DATA" },
    { name = "eof",    message = "CHANNEL_EOF" },
    { name = "close",  message = "CHANNEL_CLOSE" },
    { name = "adjust", message = "CHANNEL_WINDOW_ADJUST" },
  },

  serve = function(conn, v)
    conn:upto("data")
    conn:packet{ v.message, recipient = 77 }
    conn:hold()
  end,
}
