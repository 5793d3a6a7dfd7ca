-- The second success answers nothing.
return {
  about  = "Accepts the command twice.",
  rfc    = "4254 5.4",
  cites  = {
    "https://github.com/golang/go/issues/81317",
  },
  engine = "crafted",
  kind   = "order",
  expect = { outcome = { "success", "failure" }, phase = { "request", "data" } },

  serve = function(conn)
    conn:again("CHANNEL_SUCCESS")
    conn:healthy()
  end,
}
