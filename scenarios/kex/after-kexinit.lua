-- The server's process is stuck in the middle of the key exchange.
return {
  about  = "Sends its KEXINIT, then neither reads nor writes.",
  rfc    = "4253 7.1",
  cites  = {
    "https://github.com/golang/go/issues/51926",
  },
  expect = { outcome = "timeout", phase = "kex" },
  kind   = "deaf",

  serve = function(conn)
    conn:hold_after("KEXINIT")
    conn:upto("kex")
    conn:stop_reading()
    conn:hold()
  end,
}
