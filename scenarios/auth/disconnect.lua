-- RFC 4253 11.1 gives each reason a number; what comes before it is the same.
return {
  about  = "Answers the authentication request with DISCONNECT.",
  rfc    = "4253 11.1",
  cites  = {
    "https://github.com/rh-ecosystem-edge/eco-gotests/pull/1610",
    "https://github.com/net-ssh/net-ssh/issues/526",
  },
  engine = "crafted",
  kind   = "ending",
  expect = { outcome = "failure", phase = { "auth", "disconnect" } },
  variants = {
    { name = "no-more-methods",   code = 14, text = "No more authentication methods available" },
    { name = "too-many",          code = 12, text = "Too many connections" },
    { name = "unknown-reason",    code = 4294967295, text = "" },
  },

  serve = function(conn, v)
    conn:upto("auth")
    conn:expect("USERAUTH_REQUEST")
    conn:disconnect(v.text, v.code)
    conn:hold()
  end,
}
