-- Output without end: whoever collects it runs out of memory, whoever re-arms a timer never ends.
return {
  about  = "Prints as fast as the client takes it, without end.",
  rfc    = "4254 5.2",
  cites  = {
    "https://github.com/rssh-org/rssh/pull/234",
  },
  expect = { outcome = { "timeout", "failure" }, phase = "data" },

  serve = function(conn)
    local channel = conn:upto("data")
    local line = ("x"):rep(1023) .. "\n"
    while channel and channel:write(line) do conn:sleep(0.001) end
  end,
}
