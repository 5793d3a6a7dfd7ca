-- Every method is accepted, and none is enough: partial success with the same methods left.
return {
  about  = "Answers every authentication request with a partial success, without end.",
  rfc    = "4252 5.1",
  cites  = {
    "https://github.com/apache/mina-sshd/issues/283",
    "https://github.com/classfang/ssh-mcp-server/pull/59",
  },
  engine = "crafted",
  kind   = "dribble",
  expect = { outcome = { "timeout", "failure" }, phase = { "auth" } },

  serve = function(conn)
    conn:upto("auth")
    while conn:expect("USERAUTH_REQUEST") do
      conn:packet{ "USERAUTH_FAILURE", partial_success = true }
    end
  end,
}
