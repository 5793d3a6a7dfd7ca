-- rekey/silent stops reading; here the client is read and never answered.
return {
  about  = "Begins another key exchange while the command runs, takes what the client says, and "
    .. "stops on its way.",
  rfc    = "4253 9",
  cites  = {
    "https://github.com/ronf/asyncssh/issues/725",
    "https://github.com/proftpd/proftpd/issues/1853",
    "https://github.com/mscdex/ssh2/issues/882",
  },
  engine = "crafted",
  kind   = "silence",
  expect = { outcome = "timeout", phase = { "rekey", "data" } },
  variants = {
    { name = "before-kexinit-ends", cut = 200 },
    { name = "before-reply",        withhold = { "KEX_ECDH_REPLY", "NEWKEYS" } },
    { name = "before-newkeys",      withhold = { "NEWKEYS" } },
  },

  serve = function(conn, v)
    conn:upto("data")
    if v.cut then conn:cut(v.cut) end
    for _, name in ipairs(v.withhold or {}) do conn:withhold(name) end
    conn:rekey()
    while conn:sleep(0.05) do end
  end,
}
