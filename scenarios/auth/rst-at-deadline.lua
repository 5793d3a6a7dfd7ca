-- A reset fails the write and the read that the deadline cancels, and closing what is already gone.
return {
  about  = "Resets the connection within 20 ms of the client's deadline, during the authentication.",
  rfc    = "4252 5.1",
  cites  = {
    "https://github.com/hierynomus/sshj/issues/27",
    "https://github.com/ronf/asyncssh/issues/318",
  },
  expect = { outcome = { "timeout", "failure" }, phase = "auth" },
  kind   = "rst",
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
    conn:upto("auth")
    conn:sleep(conn.deadline - conn.elapsed + v.ms / 1000)
    conn:reset()
  end,
}
