-- A child of the command holds its output open: the status came, the end of the channel never does.
-- Whether that is a success is for the client to say, but it must come back.
return {
  about  = "Sends the output and the exit-status, and neither EOF nor CLOSE.",
  rfc    = "4254 5.3",
  cites  = {
    "https://github.com/fabric/fabric/issues/1330",
    "https://github.com/apache/mina-sshd/issues/330",
  },
  expect = { outcome = { "timeout", "success" }, phase = { "data", "exit", "close" } },

  serve = function(conn)
    local channel = conn:upto("data")
    if channel then
      channel:write(channel.answer)
      channel:exit_status(0)
    end
    conn:hold()
  end,
}
