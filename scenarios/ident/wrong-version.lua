-- A protocol that the client does not speak: of the past, of the future, or none at all. What comes
-- next would be binary, so a client that goes on waits for a packet that never is one.
return {
  about  = "Offers a version of the protocol that no client of today speaks, and waits.",
  rfc    = "4253 4.2, 4253 5.1",
  expect = { outcome = { "failure", "timeout" }, phase = { "ident", "kexinit" } },
  kind   = "malformed",
  variants = {
    { name = "1-5",       line = "SSH-1.5-Cisco-1.25" },
    { name = "3-0",       line = "SSH-3.0-fakesshd" },
    { name = "no-number", line = "SSH-fakesshd" },
  },

  serve = function(conn, v)
    conn:send(v.line .. "\r\n")
    conn:hold()
  end,
}
