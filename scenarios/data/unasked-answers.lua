-- Answers to questions that nobody asked, a hundred of them: a queue for them has to have an end.
return {
  about  = "Sends a hundred answers that nobody asked for, then the output and the end.",
  rfc    = "4254 4",
  cites  = {
    "https://github.com/golang/go/issues/79564",
    "https://github.com/vicajilau/dartssh2/pull/210",
  },
  engine = "crafted",
  kind   = "flood",
  expect = { outcome = { "success", "failure" }, phase = { "data", "exit", "close", "disconnect" } },
  variants = {
    { name = "request-success", message = { "REQUEST_SUCCESS" } },
    { name = "request-failure", message = { "REQUEST_FAILURE" } },
    { name = "channel-success", message = { "CHANNEL_SUCCESS" } },
    { name = "channel-failure", message = { "CHANNEL_FAILURE" } },
    { name = "unimplemented",   message = { "UNIMPLEMENTED", sequence = 3 } },
  },

  serve = function(conn, v)
    conn:upto("data")
    for _ = 1, 100 do
      if not conn:packet(v.message) then return end
    end
    conn:healthy()
  end,
}
