-- Output re-arms the timers of clients that time out on inactivity: such a task takes for ever.
return {
  about  = "Prints one byte each 50 ms, without end.",
  rfc    = "4254 5.2",
  cites  = {
    "https://github.com/ytti/oxidized/issues/908",
  },
  expect = { outcome = "timeout", phase = "data" },

  serve = function(conn)
    local channel = conn:upto("data")
    repeat local sent = channel and channel:write(".") until not sent or not conn:sleep(0.05)
  end,
}
