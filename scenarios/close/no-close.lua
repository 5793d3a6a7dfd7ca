-- The close handshake is never completed: close() and wait() hang where they have no deadline.
return {
  about  = "Sends output, EOF and exit-status, and never CLOSE.",
  rfc    = "4254 5.3",
  cites  = {
    "https://github.com/ronf/asyncssh/issues/730",
    "https://github.com/curl/curl/issues/3650",
    "https://github.com/borgbackup/borg/issues/3040",
  },
  expect = { outcome = { "timeout", "success" }, phase = "close" },

  serve = function(conn)
    conn:upto("close")
    conn:hold()
  end,
}
