-- The length promises more than ever comes: a read of the whole packet needs a deadline of its own.
return {
  about  = "Sends the length alone, or the first 200 bytes, of its KEXINIT and falls silent.",
  rfc    = "4253 6",
  cites  = {
    "https://github.com/mscdex/ssh2-streams/issues/60",
    "https://github.com/devsy-org/devsy/pull/1254",
  },
  expect = { outcome = "timeout", phase = "kexinit" },
  kind   = "partial",
  variants = {
    { name = "length", bytes = 4 },
    { name = "body",   bytes = 200 },
  },

  serve = function(conn, v)
    conn:upto("kexinit")
    conn:cut(v.bytes)
    conn:upto("kex")
    conn:hold()
  end,
}
