-- The orderly way to turn a client away.
return {
  about  = "Sends DISCONNECT (too many connections) where its KEXINIT is due, then ends the "
    .. "connection or waits.",
  rfc    = "4253 11.1",
  cites  = {
    "https://github.com/hierynomus/sshj/issues/937",
    "https://github.com/libssh2/libssh2/issues/102",
  },
  expect = { outcome = "failure", phase = "kexinit" },
  kind   = "ending",
  variants = {
    { name = "fin", ends = true },
    { name = "stays-open" },
  },

  serve = function(conn, v)
    conn:send("SSH-2.0-fakesshd\r\n")
    conn:read_line(0.3 * conn.deadline)
    local payload = string.pack(">BI4s4s4", 1, 12, "Come back later.", "")
    local padding = 4 + (-(9 + #payload)) % 8 -- 4 bytes or more, to a multiple of 8
    conn:send(string.pack(">I4B", 1 + #payload + padding, padding) .. payload .. ("\0"):rep(padding))
    if v.ends then conn:finish() else conn:hold() end
  end,
}
