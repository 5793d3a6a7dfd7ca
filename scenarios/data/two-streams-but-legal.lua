-- Output and error output share one window, and a client that reads only one of them stops both.
return {
  about  = "Mixes output and error output, then ends well.",
  rfc    = "4254 5.2",
  cites  = {
    "https://github.com/paramiko/paramiko/issues/1778",
    "https://github.com/ManageIQ/integration_tests/pull/7658",
  },
  engine = "crafted",
  kind   = "legal",
  expect = { outcome = "success" },

  serve = function(conn)
    local channel = conn:upto("data")
    if not channel then return end
    for _ = 1, 64 do
      if not channel:write_stderr(("e"):rep(8192)) then return end
    end
    channel:write(channel.answer)
    conn:packet{ "CHANNEL_EXTENDED_DATA", code = 7, data = "a stream that nobody knows" }
    conn:healthy()
  end,
}
