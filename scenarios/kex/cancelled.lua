-- The context of the dial is cancelled; the handshake has none.
return {
  about  = "Never replies to the client's key exchange message, and the task is cancelled before its deadline.",
  rfc    = "4253 8, 8731 3",
  cites  = {
    "https://github.com/nemith/netconf/pull/54",
  },
  expect = { outcome = "cancelled", phase = { "kexinit", "kex" } },
  kind   = "silence",
  cancel = 0.5,

  serve = function(conn)
    conn:upto("kex")
    conn:hold()
  end,
}
