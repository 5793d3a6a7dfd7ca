-- Bytes arrive, progress does not: the silence's twin for idle timers.
return {
  about  = "Sends its KEXINIT one byte at a time.",
  rfc    = "4253 7.1",
  cites  = {
    "https://github.com/devsy-org/devsy/pull/1254",
  },
  expect = { outcome = "timeout", phase = "kexinit" },

  serve = function(conn)
    conn:upto("kexinit")
    conn:drip(1, 0.05)
    conn:upto("service")
    conn:hold()
  end,
}
