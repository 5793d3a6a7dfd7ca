-- The work is done and the status is known; only the manners are missing.
return {
  about  = "Sends output, EOF and exit-status and ends the connection (FIN or RST) without CLOSE.",
  rfc    = "4254 5.3",
  cites  = {
    "https://github.com/net-ssh/net-ssh/issues/339",
    "https://github.com/hierynomus/sshj/issues/27",
  },
  expect = { outcome = { "success", "failure" }, phase = "close" },
  variants = {
    { name = "fin" },
    { name = "rst", reset = true },
  },

  serve = function(conn, v)
    conn:upto("close")
    conn:sleep(0.05 * conn.deadline) -- the client is to read what came before the end
    if v.reset then conn:reset() else conn:finish() end
  end,
}
