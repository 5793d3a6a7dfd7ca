-- Something is answered, so the connection is alive; only the reply never comes.
return {
  about  = "Answers the key exchange with a message that is not the reply, and waits.",
  rfc    = "4253 7.1",
  cites  = {
    "https://github.com/ronf/asyncssh/issues/725",
    "https://github.com/tailscale/tailscale/issues/20047",
  },
  engine = "crafted",
  kind   = "order",
  expect = { outcome = { "timeout", "failure" }, phase = { "kexinit", "kex", "newkeys" } },
  variants = {
    { name = "unimplemented",  message = { "UNIMPLEMENTED", sequence = 1 } },
    { name = "service-accept", message = { "SERVICE_ACCEPT" } },
    { name = "ignore",         message = { "IGNORE", data = "wait" } },
    { name = "newkeys",        message = { "NEWKEYS" } },
  },

  serve = function(conn, v)
    conn:intercept("KEX_ECDH_INIT")
    conn:upto("kex")
    conn:open_gates()
    conn:expect("KEX_ECDH_INIT")
    conn:packet(v.message)
    conn:hold()
  end,
}
