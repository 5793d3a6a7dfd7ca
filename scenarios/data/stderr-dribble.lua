-- Progress is a matter of standard output, say those who read that alone; the other stream renews their
-- timer or fills their window.
return {
  about  = "Prints one byte of error output each 50 ms, without end.",
  rfc    = "4254 5.2",
  cites  = {
    "https://github.com/ManageIQ/integration_tests/pull/7658",
    "https://github.com/ytti/oxidized/issues/908",
  },
  expect = { outcome = "timeout", phase = "data" },
  kind   = "dribble",

  serve = function(conn)
    local channel = conn:upto("data")
    if not channel then return end
    repeat
      local sent = channel:write_stderr(".")
    until not sent or not conn:sleep(0.05)
  end,
}
