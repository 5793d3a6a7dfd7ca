-- A server that forks, or asks a directory, before it lets anybody begin.
return {
  about  = "Accepts the service 0.4 of the deadline after it was asked to, and is honest from there on.",
  rfc    = "4253 10",
  cites  = {
    "https://github.com/ansible/ansible/issues/70061",
    "https://github.com/libssh2/libssh2/issues/576",
  },
  expect = { outcome = "success" },

  serve = function(conn)
    conn:upto("service")
    conn:hold(0.4 * conn.deadline)
    conn:healthy()
  end,
}
