-- A host that starts a container, or mounts a home, for each session.
return {
  about  = "Opens the channel 0.4 of the deadline after it was asked to, and is honest from there on.",
  rfc    = "4254 5.1",
  expect = { outcome = "success" },

  serve = function(conn)
    conn:upto("channel")
    conn:hold(0.4 * conn.deadline)
    conn:healthy()
  end,
}
