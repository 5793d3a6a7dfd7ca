-- One-time passwords and directories take time.
return {
  about  = "Answers the authentication requests after 0.3 of the deadline in all.",
  rfc    = "4252 5.1",
  cites  = {
    "https://github.com/ansible/ansible/issues/70061",
    "https://github.com/greenbone/openvas-scanner/pull/631",
  },
  expect = { outcome = "success" },

  serve = function(conn)
    conn:upto("auth")
    conn:hold(0.3 * conn.deadline)
    conn:healthy()
  end,
}
