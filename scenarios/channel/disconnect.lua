-- An orderly end while the client waits for its channel: the one who waits must be told.
return {
  about  = "Sends DISCONNECT instead of answering the request to open a channel.",
  rfc    = "4253 11.1",
  cites  = {
    "https://github.com/canonical/spread/pull/226",
    "https://github.com/libssh2/libssh2/issues/102",
  },
  expect = { outcome = "failure", phase = "channel" },
  kind   = "ending",

  serve = function(conn)
    conn:upto("channel")
    conn:sleep(0.05 * conn.deadline) -- the client is to have asked
    conn:disconnect("No more sessions")
  end,
}
