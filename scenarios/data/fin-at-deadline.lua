-- Two ends at once: the reader finds the end of the connection while the timer closes it.
return {
  about  = "Ends the connection (FIN) within 20 ms of the client's deadline, while the command runs.",
  rfc    = "4254 5.2",
  cites  = {
    "https://github.com/hierynomus/sshj/issues/27",
    "https://github.com/nforgeio/neonKUBE/issues/230",
  },
  expect = { outcome = { "timeout", "failure" }, phase = "data" },
  kind   = "fin",
  variants = {
    { name = "20-ms-before", ms = -20 },
    { name = "5-ms-before",  ms = -5 },
    { name = "1-ms-before",  ms = -1 },
    { name = "at-it",        ms = 0 },
    { name = "1-ms-after",   ms = 1 },
    { name = "5-ms-after",   ms = 5 },
    { name = "20-ms-after",  ms = 20 },
  },

  serve = function(conn, v)
    conn:upto("data")
    conn:sleep(conn.deadline - conn.elapsed + v.ms / 1000)
    conn:finish()
  end,
}
