-- The authentication is over before the client has asked for it: RFC 4253 10 wants the request first.
return {
  about  = "Says that the authentication succeeded where the service was asked for.",
  rfc    = "4252 5.1",
  cites  = {
    "https://github.com/golang/go/issues/15066",
  },
  engine = "crafted",
  kind   = "order",
  expect = { outcome = { "timeout", "failure" }, phase = { "kex", "newkeys", "service", "auth" } },

  serve = function(conn)
    conn:upto("service")
    conn:expect("SERVICE_REQUEST")
    conn:packet{ "USERAUTH_SUCCESS" }
    conn:hold()
  end,
}
