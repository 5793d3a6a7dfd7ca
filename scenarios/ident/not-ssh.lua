-- The port belongs to something else. Data came, so that a timer for silence never fires; and none
-- of it will ever be an identification string.
return {
  about  = "Answers as some other service does, then waits or ends the connection.",
  rfc    = "4253 4.2",
  cites  = {
    "https://github.com/net-ssh/net-ssh/pull/900",
    "https://github.com/phpseclib/phpseclib/pull/634",
    "https://github.com/golang/go/issues/21941",
    "https://github.com/openssl/openssl/issues/18474",
  },
  expect = { outcome = { "failure", "timeout" }, phase = "ident" },
  kind   = "malformed",
  variants = {
    { name = "text",     greeting = "this is not an SSH server\n" },
    { name = "protocol", greeting = "MyProtoV1.1\r\n" },
    { name = "redis",    answer = "-ERR unknown command 'SSH-2.0-'\r\n" },
    { name = "http",     answer = "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n", ends = true },
    { name = "tls",      answer = "\x15\x03\x03\x00\x02\x02\x0a", ends = true }, -- unexpected_message
  },

  serve = function(conn, v)
    if v.greeting then
      conn:send(v.greeting)
    else
      conn:read_line(0.3 * conn.deadline)
      conn:send(v.answer)
    end
    if v.ends then conn:finish() else conn:hold() end
  end,
}
