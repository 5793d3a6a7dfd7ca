-- The port belongs to another service, which greets and waits for its client.
return {
  about  = "Greets as an FTP server and waits.",
  rfc    = "4253 4.2",
  cites  = {
    "https://github.com/is/jsch/issues/50",
    "https://github.com/net-ssh/net-ssh/pull/900",
  },
  expect = { outcome = { "timeout", "failure" }, phase = "ident" },
  kind   = "malformed",

  serve = function(conn)
    conn:send("220 ftp.example.org FTP server ready\r\n")
    conn:hold()
  end,
}
