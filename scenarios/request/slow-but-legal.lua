-- A busy host needs a while to start a process.
return {
  about  = "Answers the request to run a command after 0.4 of the deadline.",
  rfc    = "4254 6.5",
  cites  = {
    "https://github.com/hestiacp/hestiacp/issues/3279",
  },
  expect = { outcome = "success" },

  serve = function(conn)
    conn:upto("request")
    conn:hold(0.4 * conn.deadline)
    conn:healthy()
  end,
}
