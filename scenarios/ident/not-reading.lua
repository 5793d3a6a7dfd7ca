-- The other half of silence: the client's own bytes stay in the kernel, unread.
return {
  about  = "Neither sends its identification string nor reads the client's.",
  rfc    = "4253 4.2",
  cites  = {
    "https://github.com/golang/go/issues/32990",
    "https://github.com/hierynomus/sshj/issues/439",
  },
  expect = { outcome = "timeout", phase = "ident" },
  kind   = "deaf",

  serve = function(conn)
    conn:stop_reading()
    conn:hold()
  end,
}
