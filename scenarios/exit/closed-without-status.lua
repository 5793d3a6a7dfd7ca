-- RFC 4254 6.10 makes the exit-status optional. A client that takes its absence for 0 lies.
return {
  about  = "Closes the channel without an exit-status.",
  rfc    = "4254 6.10",
  cites  = {
    "https://github.com/lucastheisen/jsch-extension/issues/6",
  },
  expect = { outcome = "failure", phase = { "exit", "close", "disconnect" } },

  serve = function(conn)
    local channel = conn:upto("exit")
    if channel then channel:close() end
    conn:hold()
  end,
}
