-- The command that never ends: the case for which command timeouts were invented.
return {
  about  = "Starts the command, which prints a little and never ends.",
  rfc    = "4254 6.5",
  cites  = {
    "https://github.com/ansible/ansible/issues/82661",
    "https://github.com/ParallelSSH/parallel-ssh/issues/99",
  },
  expect = { outcome = "timeout", phase = "data" },

  serve = function(conn)
    local channel = conn:upto("data")
    if channel then channel:write("working") end
    conn:hold()
  end,
}
