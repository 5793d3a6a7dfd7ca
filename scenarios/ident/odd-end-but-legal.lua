-- RFC 4253 4.2 wants CR LF, and 5.1 calls a server that speaks the old protocol too 1.99. Old devices
-- do both, and clients have always taken it.
return {
  about  = "Ends its identification string with LF alone, or calls its protocol 1.99, and is honest.",
  rfc    = "4253 4.2, 4253 5.1",
  cites  = {
    "https://github.com/Eugeny/russh/issues/640",
    "https://github.com/hierynomus/sshj/issues/483",
  },
  engine = "crafted",
  expect = { outcome = "success" },
  variants = {
    { name = "bare-lf",      line = "SSH-2.0-fakesshd\n" },
    { name = "1-99",         line = "SSH-1.99-fakesshd\r\n" },
    { name = "1-99-bare-lf", line = "SSH-1.99-Comware-5.20\n" },
  },

  serve = function(conn, v)
    conn:ident{ line = v.line }
    conn:healthy()
  end,
}
