-- The first packet's length is believed before anything is checked. Here its bytes do come, and go on
-- coming: a deadline for silence never strikes, and memory fills. RFC 4253 6.1 wants 35000 bytes
-- understood, no more.
return {
  about  = "Sends a first packet of 4 GiB, or of 1 MiB and then another, and another.",
  rfc    = "4253 6.1",
  cites  = {
    "https://github.com/paramiko/paramiko/issues/2626",
  },
  expect = { outcome = { "failure", "timeout" }, phase = "kexinit" },
  kind   = "flood",
  variants = {
    { name = "4-gib", length = 0xffffffff },
    { name = "1-mib", length = 0x00100000 },
  },

  serve = function(conn, v)
    conn:send("SSH-2.0-fakesshd\r\n")
    conn:read_line(0.3 * conn.deadline)
    repeat
      conn:send(string.pack(">I4", v.length))
    until conn:flood("\x04\x14", { limit_bytes = v.length }) < v.length
    conn:hold()
  end,
}
