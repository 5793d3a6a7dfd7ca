-- The command ended, its child did not, and prints on: each byte is a reason to go on reading.
return {
  about  = "Sends the exit-status, then a byte of output each 50 ms, and neither EOF nor CLOSE.",
  rfc    = "4254 5.3, 4254 6.10",
  cites  = {
    "https://github.com/paramiko/paramiko/issues/109",
    "https://github.com/fabric/fabric/issues/1330",
  },
  expect = { outcome = { "timeout", "success" }, phase = { "data", "exit", "close" } },
  kind   = "dribble",

  serve = function(conn)
    local channel = conn:upto("data")
    if not channel then return end
    channel:write(channel.answer)
    channel:exit_status(0)
    repeat
      local sent = channel:write(".")
    until not sent or not conn:sleep(0.05)
  end,
}
