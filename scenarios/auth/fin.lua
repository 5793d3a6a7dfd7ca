-- sshd after LoginGraceTime or too many failures: the answer to the credentials is the end.
return {
  about  = "Ends the connection (FIN or RST) instead of answering the authentication request.",
  rfc    = "4252 5.1",
  cites  = {
    "https://github.com/hashicorp/packer/issues/11371",
    "https://github.com/net-ssh/net-ssh/issues/526",
  },
  expect = { outcome = "failure", phase = "auth" },
  variants = {
    { name = "fin" },
    { name = "rst", reset = true },
  },

  serve = function(conn, v)
    conn:upto("auth")
    conn:sleep(0.05 * conn.deadline) -- the client is to read what came before the end
    if v.reset then conn:reset() else conn:finish() end
  end,
}
