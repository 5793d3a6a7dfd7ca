-- The result is there, and the peer answers whatever it is asked. The channel stays open, and keepalives
-- say that all is well.
return {
  about  = "Sends output, EOF and exit-status, then IGNORE or a keepalive each 50 ms, and never CLOSE.",
  rfc    = "4254 5.3, 4254 4",
  cites  = {
    "https://github.com/sshtools/j2ssh-maverick/issues/20",
    "https://github.com/saltstack/salt/issues/32559",
  },
  expect = { outcome = { "timeout", "success" }, phase = { "close", "keepalive" } },
  kind   = "dribble",
  variants = {
    { name = "ignore" },
    { name = "keepalive", asks = true },
  },

  serve = function(conn, v)
    conn:upto("close")
    repeat
      if v.asks then conn:global_request("keepalive@openssh.com") else conn:ignore("idle") end
    until not conn:sleep(0.05)
  end,
}
