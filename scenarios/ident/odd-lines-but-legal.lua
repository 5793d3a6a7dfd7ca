-- What may stand in front of the identification string is only said to be lines that do not begin
-- with "SSH-". Clients must be able to process them.
return {
  about  = "Sends unusual lines before its identification string, all at once, and is honest from there on.",
  rfc    = "4253 4.2",
  cites  = {
    "https://github.com/libssh2/libssh2/issues/538",
    "https://github.com/apple/swift-nio-ssh/issues/74",
    "https://github.com/wolfSSL/wolfssh/pull/959",
  },
  expect = { outcome = "success" },
  variants = {
    { name = "blank",     text = "\r\n\r\n" },
    { name = "bare-lf",   text = "Welcome..\n\nPlease close..\n" },
    { name = "lookalike", text = "SSH is provided here.\r\nssh-2.0-no\r\n SSH-2.0-no\r\n" },
    { name = "utf-8",     text = "\u{00bf}Qui\u{00e9}n eres? \u{4f60}\u{597d}\r\n" },
    { name = "long-line", text = ("="):rep(200) .. "\r\n" },
    { name = "ten-lines", text = ("All connections are monitored.\r\n"):rep(10) },
  },

  serve = function(conn, v)
    conn:send(v.text)
    conn:healthy()
  end,
}
