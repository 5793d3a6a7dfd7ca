-- A global request has nothing to do with the channel that is being opened, and comes in between.
return {
  about  = "Asks for a sign of life before it answers the request to run a command, and is honest.",
  rfc    = "4254 4",
  cites  = {
    "https://github.com/PocketShell-io/pocketshell/issues/847",
  },
  expect = { outcome = "success" },

  serve = function(conn)
    local channel = conn:upto("request")
    if channel then channel:request() end
    conn:global_request("keepalive@openssh.com")
    conn:sleep(0.1 * conn.deadline)
    conn:healthy()
  end,
}
