-- A device that offers a shell only.
return {
  about  = "Refuses to run the command and keeps the channel open.",
  rfc    = "4254 6.5",
  cites  = {
    "https://github.com/sshnet/SSH.NET/pull/182",
  },
  expect = { outcome = "failure", phase = "request" },

  serve = function(conn)
    local channel = conn:upto("request")
    while channel and channel:request() do channel:refuse() end
  end,
}
