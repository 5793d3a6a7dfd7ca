-- Each byte of the reply re-arms an idle timer.
return {
  about  = "Sends its key exchange reply one byte at a time, too slowly to end before the deadline.",
  rfc    = "4253 8",
  cites  = {
    "https://github.com/devsy-org/devsy/pull/1254",
  },
  expect = { outcome = "timeout", phase = "kex" },

  serve = function(conn)
    conn:upto("kex")
    conn:drip(1, 0.05)
    conn:upto("service")
    conn:hold()
  end,
}
