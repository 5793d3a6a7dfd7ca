-- The lid of the laptop was closed while the credentials were on their way.
return {
  about  = "Neither answers the authentication request nor reads anything more.",
  rfc    = "4252 5.1",
  cites  = {
    "https://github.com/libgit2/libgit2/issues/7143",
    "https://github.com/golang/go/issues/19338",
  },
  expect = { outcome = "timeout", phase = "auth" },
  kind   = "deaf",

  serve = function(conn)
    conn:upto("auth")
    conn:stop_reading()
    conn:hold()
  end,
}
