-- kex/bad-signature is a wrong signature; these are not even signatures.
return {
  about  = "Sends a signature that is none: empty, by an algorithm that was not agreed on, or with a"
    .. " length beyond its end.",
  rfc    = "4253 6.6",
  cites  = {
    "https://github.com/AOSC-Dev/aosc-os-abbs/issues/1750",
  },
  engine = "crafted",
  kind   = "malformed",
  expect = { outcome = "failure", phase = { "kexinit", "kex", "newkeys" } },
  variants = {
    { name = "empty",           signature = "" },
    { name = "other-algorithm", signature = "\0\0\0\7ssh-rsa\0\0\0\1x" },
    { name = "huge",           signature = "\0\0\0\11ssh-ed25519\255\255\255\255" },
  },

  serve = function(conn, v)
    conn:alter("KEX_ECDH_REPLY", { signature = v.signature })
    conn:healthy()
  end,
}
