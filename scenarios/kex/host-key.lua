-- The host key is looked at before the signature is: what is no key must not stop the exchange for good.
return {
  about  = "Sends a host key that is none: empty, of an unknown kind, or with a length beyond its end.",
  rfc    = "4253 6.6",
  cites  = {
    "https://github.com/AOSC-Dev/aosc-os-abbs/issues/1750",
  },
  engine = "crafted",
  kind   = "malformed",
  expect = { outcome = "failure", phase = { "kexinit", "kex", "newkeys" } },
  variants = {
    { name = "empty",   host_key = "" },
    { name = "unknown", host_key = "\0\0\0\4nonekey" },
    { name = "huge",   host_key = "\0\0\0\11ssh-ed25519\255\255\255\255" },
  },

  serve = function(conn, v)
    conn:alter("KEX_ECDH_REPLY", { host_key = v.host_key })
    conn:healthy()
  end,
}
