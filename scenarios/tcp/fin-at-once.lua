-- What sshd does beyond MaxStartups, and tcp wrappers do for unwanted addresses.
return {
  about  = "Accepts the connection and ends it at once (FIN).",
  rfc    = "9293 3.6",
  cites  = {
    "https://github.com/ronf/asyncssh/issues/318",
    "https://github.com/sshnet/SSH.NET/issues/571",
    "https://github.com/hierynomus/sshj/pull/186",
  },
  expect = { outcome = "failure", phase = { "tcp", "ident" } },

  serve = function(conn)
    conn:finish()
  end,
}
