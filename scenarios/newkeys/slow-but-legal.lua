-- Slow machines take their time for a key exchange.
return {
  about  = "Waits 0.4 of the deadline with its key exchange reply, and is honest from there on.",
  rfc    = "4253 8",
  cites  = {
    "https://github.com/apache/mina-sshd/issues/642",
  },
  expect = { outcome = "success" },

  serve = function(conn)
    conn:upto("kex")
    conn:hold(0.4 * conn.deadline)
    conn:healthy()
  end,
}
