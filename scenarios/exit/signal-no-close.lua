-- The command was killed, and its channel stays: who waits for CLOSE after exit-signal waits for ever.
return {
  about  = "Ends the command by exit-signal and sends neither EOF nor CLOSE.",
  rfc    = "4254 6.10",
  cites  = {
    "https://github.com/libssh2/libssh2/issues/1188",
  },
  expect = { outcome = { "failure", "timeout" }, phase = { "data", "exit", "close" } },
  kind   = "silence",

  serve = function(conn)
    local channel = conn:upto("data")
    if channel then channel:exit_signal("TERM") end
    conn:hold()
  end,
}
