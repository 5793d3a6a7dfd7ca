-- All of the output came, so that it looks like a success; but nobody said how the command ended.
return {
  about  = "Sends the output and EOF and ends the connection (FIN or RST) without an exit-status.",
  rfc    = "4254 6.10",
  cites  = {
    "https://github.com/libssh2/libssh2/issues/110",
    "https://github.com/net-ssh/net-ssh/pull/65",
  },
  expect = { outcome = "failure", phase = "exit" },
  variants = {
    { name = "fin" },
    { name = "rst", reset = true },
  },

  serve = function(conn, v)
    conn:upto("exit")
    conn:sleep(0.05 * conn.deadline) -- the client is to read what came before the end
    if v.reset then conn:reset() else conn:finish() end
  end,
}
