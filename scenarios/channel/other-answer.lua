-- An answer that confirms nothing and refuses nothing.
return {
  about  = "Answers the request to open a channel with a message that is no answer, and waits.",
  rfc    = "4254 5.1",
  cites  = {
    "https://github.com/golang/go/issues/81316",
    "https://github.com/paramiko/paramiko/issues/439",
  },
  engine = "crafted",
  kind   = "order",
  expect = { outcome = { "timeout", "failure" }, phase = { "channel", "request" } },
  variants = {
    { name = "unimplemented", message = { "UNIMPLEMENTED", sequence = 5 } },
    { name = "success",       message = { "CHANNEL_SUCCESS", recipient = 0 } },
    { name = "data",          message = { "CHANNEL_DATA", recipient = 0, data = "early" } },
    { name = "close",         message = { "CHANNEL_CLOSE", recipient = 0 } },
    { name = "auth-success",  message = { "USERAUTH_SUCCESS" } },
  },

  serve = function(conn, v)
    conn:upto("channel")
    conn:expect("CHANNEL_OPEN")
    conn:packet(v.message)
    conn:hold()
  end,
}
