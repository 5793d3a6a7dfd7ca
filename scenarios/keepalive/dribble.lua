-- The transport is alive, the command is not. Each keepalive is a reason to believe in it.
return {
  about  = "Asks for a sign of life each 50 ms while the command never ends.",
  rfc    = "4254 4",
  cites  = {
    "https://github.com/Juniper/go-netconf/issues/59",
    "https://github.com/sshnet/SSH.NET/issues/709",
  },
  expect = { outcome = "timeout", phase = { "keepalive", "data" } },

  serve = function(conn)
    conn:upto("data")
    repeat conn:global_request("keepalive@openssh.com") until not conn:sleep(0.05)
  end,
}
