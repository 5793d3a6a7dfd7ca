-- The connection ends while the client waits for the reply: the reader must wake, and nothing may
-- be left behind.
return {
  about  = "Ends the connection (FIN or RST) instead of replying to the key exchange.",
  rfc    = "4253 8",
  cites  = {
    "https://github.com/libssh2/libssh2/issues/282",
    "https://github.com/realtymaps/promise-sftp/pull/13",
  },
  expect = { outcome = "failure", phase = "kex" },
  variants = {
    { name = "fin" },
    { name = "rst", reset = true },
  },

  serve = function(conn, v)
    conn:upto("kex")
    conn:sleep(0.05 * conn.deadline) -- the client is to read what came before the end
    if v.reset then conn:reset() else conn:finish() end
  end,
}
