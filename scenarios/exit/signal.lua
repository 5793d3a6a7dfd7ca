-- The command was killed. exit-signal takes the place of exit-status.
return {
  about  = "Ends the command by a signal: exit-signal, EOF, CLOSE.",
  rfc    = "4254 6.10",
  cites  = {
    "https://github.com/libssh2/libssh2/issues/1188",
  },
  expect = { outcome = "failure", phase = { "data", "exit", "close", "disconnect" } },

  serve = function(conn)
    local channel = conn:upto("data")
    if channel then
      channel:exit_signal("KILL")
      channel:eof()
      channel:close()
    end
    conn:hold()
  end,
}
