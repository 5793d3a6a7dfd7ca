-- The output is over, its command is not: it cleans up.
return {
  about  = "Sends the exit-status 0.3 of the deadline after EOF, and is honest.",
  rfc    = "4254 6.10",
  cites  = {
    "https://github.com/robotframework/robotframework/issues/2824",
  },
  expect = { outcome = "success" },

  serve = function(conn)
    conn:upto("exit")
    conn:hold(0.3 * conn.deadline)
    conn:healthy()
  end,
}
