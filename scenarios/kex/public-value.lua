-- RFC 7748 6.1 and RFC 8731 3: a secret of zeros is no secret, a value of another length no point.
return {
  about  = "Sends a public value that is no point of the curve: all zeros, empty, too short or too long.",
  rfc    = "8731 3",
  cites  = {
    "https://github.com/mwiede/jsch/issues/1089",
  },
  engine = "crafted",
  kind   = "malformed",
  expect = { outcome = "failure", phase = { "kexinit", "kex", "newkeys" } },
  variants = {
    { name = "zeros", bytes = 32 },
    { name = "empty", bytes = 0 },
    { name = "short", bytes = 31 },
    { name = "long",  bytes = 4096 },
  },

  serve = function(conn, v)
    conn:alter("KEX_ECDH_REPLY", { public = ("\0"):rep(v.bytes) })
    conn:healthy()
  end,
}
