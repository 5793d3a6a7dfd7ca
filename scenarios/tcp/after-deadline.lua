-- connect() succeeds just after the client gave up: what is connected then has an owner no more, and
-- has to be closed all the same.
return {
  about  = "Lets the TCP connection be made after 1 s, when the client has just given up, and is honest.",
  rfc    = "9293 3.8.1",
  cites  = {
    "https://github.com/apache/mina-sshd/pull/242",
  },
  expect = { outcome = { "timeout", "success" },
             phase = { "tcp", "ident", "kexinit", "kex", "newkeys", "service", "auth", "channel" } },
  kind   = "silence",
  listen = { backlog = 0, opens_after = 0.3 },
  deadline_min = 1,

  serve = function(conn)
    conn:healthy()
  end,
}
