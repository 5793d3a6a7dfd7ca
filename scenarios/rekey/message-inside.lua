-- RFC 4253 7.1: between its KEXINIT and its NEWKEYS a side says nothing else. This server does; the client
-- may take it or end it.
return {
  about  = "Begins another key exchange, and goes on talking inside of it.",
  rfc    = "4253 7.1",
  cites  = {
    "https://github.com/golang/go/issues/18439",
    "https://github.com/paramiko/paramiko/issues/822",
    "https://github.com/libssh2/libssh2/issues/2110",
    "https://github.com/connectbot/cbssh/issues/231",
  },
  engine = "crafted",
  kind   = "order",
  expect = { outcome = { "success", "failure" },
             phase = { "data", "exit", "close", "disconnect", "rekey" } },
  variants = {
    { name = "data",      message = { "CHANNEL_DATA", data = "inside\n" } },
    { name = "keepalive", message = { "GLOBAL_REQUEST", type = "keepalive@openssh.com" } },
    { name = "ignore",    message = { "IGNORE", data = "inside" } },
    { name = "kexinit",   message = { "KEXINIT" } },
  },

  serve = function(conn, v)
    conn:upto("data")
    conn:withhold("KEXINIT")
    conn:rekey()
    conn:packet{ "KEXINIT" }
    conn:packet(v.message)
    conn:healthy()
  end,
}
