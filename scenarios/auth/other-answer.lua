-- Something is answered, and the connection lives; the answer to the request never comes.
return {
  about  = "Answers an authentication request with a message that is no answer, and waits.",
  rfc    = "4252 5.1",
  cites  = {
    "https://github.com/clj-commons/clj-ssh/issues/55",
    "https://github.com/paramiko/paramiko/pull/869",
  },
  engine = "crafted",
  kind   = "order",
  expect = { outcome = { "timeout", "failure" }, phase = { "auth" } },
  variants = {
    { name = "unimplemented",  message = { "UNIMPLEMENTED", sequence = 4 } },
    { name = "service-accept", message = { "SERVICE_ACCEPT" } },
    { name = "channel",        message = { "CHANNEL_OPEN_CONFIRMATION", recipient = 0 } },
  },

  serve = function(conn, v)
    conn:upto("auth")
    conn:expect("USERAUTH_REQUEST")
    conn:packet(v.message)
    conn:hold()
  end,
}
