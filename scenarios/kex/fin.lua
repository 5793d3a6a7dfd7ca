-- The connection ends while the client waits for the reply: the reader must wake, and nothing may
-- be left behind.
return {
  about  = "Ends the connection instead of replying to the key exchange.",
  rfc    = "4253 8",
  cites  = {
    "https://github.com/libssh2/libssh2/issues/282",
    "https://github.com/realtymaps/promise-sftp/pull/13",
  },
  expect = { outcome = "failure", phase = "kex" },

  serve = function(conn)
    conn:upto("kex")
    conn:finish()
  end,
}
