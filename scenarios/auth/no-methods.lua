-- Nothing can be tried, and the server does not end it.
return {
  about  = "Refuses the authentication and offers no method to go on with.",
  rfc    = "4252 5.1",
  cites  = {
    "https://github.com/sshnet/SSH.NET/issues/687",
    "https://github.com/fabric/fabric/pull/2359",
  },
  engine = "crafted",
  kind   = "refusal",
  expect = { outcome = { "failure" }, phase = { "auth" } },

  serve = function(conn)
    conn:upto("auth")
    while conn:expect("USERAUTH_REQUEST") do
      conn:packet{ "USERAUTH_FAILURE", methods = "" }
    end
  end,
}
