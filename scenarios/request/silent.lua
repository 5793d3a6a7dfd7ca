-- The channel is open, the command never starts.
return {
  about  = "Never answers the request to run a command.",
  rfc    = "4254 6.5",
  cites  = {
    "https://github.com/go-git/go-git/issues/2159",
    "https://github.com/ansible/ansible/issues/24109",
  },
  expect = { outcome = "timeout", phase = "request" },

  serve = function(conn)
    conn:upto("request")
    conn:hold()
  end,
}
