-- RFC 4253 11.4: a message that is not known is answered with UNIMPLEMENTED, and otherwise ignored.
return {
  about  = "Sends a message of a number that nobody knows, waits for UNIMPLEMENTED, then is honest.",
  rfc    = "4253 11.4",
  cites  = {
    "https://github.com/libssh2/libssh2/pull/104",
    "https://github.com/golang/go/issues/81317",
  },
  engine = "crafted",
  kind   = "legal",
  expect = { outcome = "success" },
  variants = {
    { name = "transport",  number = 15 },
    { name = "connection", number = 127 },
    { name = "reserved",   number = 150 },
  },

  serve = function(conn, v)
    conn:intercept("UNIMPLEMENTED")
    conn:upto("data")
    conn:packet{ raw = string.char(v.number) .. "what is this" }
    if conn:expect("UNIMPLEMENTED") then conn:healthy() end
  end,
}
