-- The end comes in the middle of the line: a reader that wants LF asks again, and for ever.
return {
  about  = "Sends half of its identification string and ends the connection (FIN or RST).",
  rfc    = "4253 4.2",
  cites  = {
    "https://github.com/hierynomus/sshj/pull/186",
    "https://github.com/hashicorp/packer/issues/4988",
  },
  expect = { outcome = "failure", phase = "ident" },
  variants = {
    { name = "fin" },
    { name = "rst", reset = true },
  },

  serve = function(conn, v)
    conn:send("SSH-2.0-Open")
    conn:sleep(0.05 * conn.deadline) -- the client is to read what came before the end
    if v.reset then conn:reset() else conn:finish() end
  end,
}
