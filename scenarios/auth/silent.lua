-- Authentication waits for a directory service that is down.
return {
  about  = "Never answers an authentication request.",
  rfc    = "4252 5.1",
  cites  = {
    "https://github.com/golang/go/issues/21941",
    "https://github.com/net-ssh/net-ssh/issues/412",
  },
  expect = { outcome = "timeout", phase = "auth" },

  serve = function(conn)
    conn:upto("auth")
    conn:hold()
  end,
}
