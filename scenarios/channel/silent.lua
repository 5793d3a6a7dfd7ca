-- Right after the login the server stalls; its transport still works.
return {
  about  = "Never answers the request to open a channel.",
  rfc    = "4254 5.1",
  cites  = {
    "https://github.com/golang/go/issues/26643",
    "https://github.com/fabric/fabric/issues/1610",
  },
  expect = { outcome = "timeout", phase = "channel" },

  serve = function(conn)
    conn:upto("channel")
    conn:hold()
  end,
}
