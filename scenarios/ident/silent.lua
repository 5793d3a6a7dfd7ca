-- The commonest hang of all: a timeout that covers the TCP connect alone waits here for ever.
return {
  about  = "Accepts the connection and never sends its identification string.",
  rfc    = "4253 4.2",
  cites  = {
    "https://github.com/golang/go/issues/15113",
    "https://github.com/hierynomus/sshj/issues/439",
    "https://github.com/fabric/fabric/issues/2157",
  },
  expect = { outcome = "timeout", phase = "ident" },

  serve = function(conn)
    conn:hold()
  end,
}
