-- No message has the number 0; a packet without a message has none.
return {
  about  = "Sends a message of number 0, or a packet without a message.",
  rfc    = "4253 6",
  cites  = {
    "https://github.com/libssh2/libssh2/pull/104",
  },
  engine = "crafted",
  kind   = "malformed",
  expect = { outcome = { "success", "failure", "timeout" },
             phase = { "data", "exit", "close", "disconnect" } },
  variants = {
    { name = "zero",  raw = "\0\0\0\0" },
    { name = "empty", raw = "" },
  },

  serve = function(conn, v)
    conn:upto("data")
    conn:packet{ raw = v.raw }
    conn:healthy()
  end,
}
