-- The client's half of the key exchange is swallowed.
return {
  about  = "Takes the client's key exchange message and never replies to it.",
  rfc    = "4253 8, 8731 3",
  cites  = {
    "https://github.com/golang/go/issues/51926",
    "https://github.com/golang/crypto/pull/25",
  },
  expect = { outcome = "timeout", phase = "kex" },

  serve = function(conn)
    conn:upto("kex")
    conn:hold()
  end,
}
