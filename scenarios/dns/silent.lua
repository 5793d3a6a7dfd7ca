-- The resolver in resolv.conf is gone, or a firewall drops port 53. A lookup that blocks, or that
-- begins its own clock, is not under the deadline.
return {
  about  = "Never answers the question for its name.",
  rfc    = "1035 4.2.1",
  cites  = {
    "https://github.com/PowerShell/Win32-OpenSSH/issues/1553",
  },
  expect = { outcome = "timeout", phase = "dns" },
  dns    = { answer = "nothing" },

  serve = function(conn)
    conn:healthy()
  end,
}
