-- A state machine that trusts the order of messages takes what comes for what it waits for, or
-- drops it and waits on.
return {
  about  = "Sends another message where its KEXINIT is due, and nothing more.",
  rfc    = "4253 7.1, 4253 7.3",
  cites  = {
    "https://github.com/golang/go/issues/18850",
    "https://github.com/golang/go/issues/18711",
  },
  expect = { outcome = { "failure", "timeout" }, phase = "kexinit" },
  kind   = "order",
  variants = {
    { name = "newkeys",        payload = "\21" },
    { name = "reply",          payload = "\31" .. ("\0\0\0\32" .. ("k"):rep(32)):rep(3) },
    { name = "service-accept", payload = "\6\0\0\0\12ssh-userauth" },
    { name = "success",        payload = "\52" },
    { name = "number-0",       payload = "\0", kind = "malformed" },
    { name = "number-255",     payload = "\255", kind = "malformed" },
    { name = "empty",          payload = "", kind = "malformed" },
  },

  serve = function(conn, v)
    conn:send("SSH-2.0-fakesshd\r\n")
    conn:read_line(0.3 * conn.deadline)
    local padding = 4 + (-(9 + #v.payload)) % 8 -- 4 bytes or more, to a multiple of 8
    conn:send(string.pack(">I4B", 1 + #v.payload + padding, padding) .. v.payload .. ("\0"):rep(padding))
    conn:hold()
  end,
}
