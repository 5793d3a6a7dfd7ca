-- The peer is alive, it says so, and it does nothing: just often enough.
return {
  about  = "Asks for a sign of life each 0.9 of the deadline while the command never ends.",
  rfc    = "4254 4",
  cites  = {
    "https://github.com/Juniper/go-netconf/issues/59",
    "https://github.com/sshtools/j2ssh-maverick/issues/20",
  },
  expect = { outcome = "timeout", phase = { "data", "keepalive" } },
  kind   = "dribble",

  serve = function(conn)
    conn:upto("data")
    while conn:sleep(0.9 * conn.deadline) do conn:global_request("keepalive@openssh.com") end
  end,
}
