-- A line that begins right and never ends. Whoever peeks at the first bytes believes that all is
-- well.
return {
  about  = "Sends half of its identification string and falls silent.",
  rfc    = "4253 4.2",
  cites  = {
    "https://github.com/openssh/openssh-portable/pull/140",
  },
  expect = { outcome = "timeout", phase = "ident" },

  serve = function(conn)
    conn:send("SSH-2.0-Open")
    conn:hold()
  end,
}
