-- The status came; the rest of the farewell takes its time.
return {
  about  = "Sends CLOSE 0.3 of the deadline after the exit-status.",
  rfc    = "4254 5.3",
  cites  = {
    "https://github.com/mwiede/jsch/issues/661",
  },
  expect = { outcome = "success" },

  serve = function(conn)
    conn:upto("close")
    conn:hold(0.3 * conn.deadline)
    conn:healthy()
  end,
}
