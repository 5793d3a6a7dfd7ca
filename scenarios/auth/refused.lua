-- Wrong credentials, and the server keeps the connection open: what the client does not close is
-- left behind.
return {
  about  = "Refuses every authentication request and keeps the connection open.",
  rfc    = "4252 5.1",
  cites  = {
    "https://github.com/paramiko/paramiko/issues/2214",
    "https://github.com/fabric/fabric/pull/2359",
    "https://github.com/sshnet/SSH.NET/issues/687",
  },
  expect = { outcome = "failure", phase = "auth" },

  serve = function(conn)
    while conn:auth{ accept = false } do end
  end,
}
