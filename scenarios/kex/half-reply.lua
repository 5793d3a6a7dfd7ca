-- A deadline per packet, or per read, begins anew with each part of it.
return {
  about  = "Sends the first 50 bytes of its key exchange reply and falls silent.",
  rfc    = "4253 6",
  cites  = {
    "https://github.com/devsy-org/devsy/pull/1254",
  },
  expect = { outcome = "timeout", phase = "kex" },

  serve = function(conn)
    conn:upto("kex")
    conn:cut(50)
    conn:upto("service")
    conn:hold()
  end,
}
