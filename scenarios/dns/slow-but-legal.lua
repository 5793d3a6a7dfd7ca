-- The opposite bug: a client that allows a lookup a part of its time only.
return {
  about  = "Answers the question for its name slowly, but in time.",
  rfc    = "1035 4.2",
  cites  = {
    "https://github.com/PowerShell/Win32-OpenSSH/issues/1553",
  },
  expect = { outcome = "success" },
  variants = {
    { name = "udp", dns = { after_deadline = 0.4 } },
    { name = "tcp", dns = { answer = "truncated", tcp = { after_deadline = 0.4 } } },
    { name = "tcp-bytes", dns = { answer = "truncated", tcp = { every_deadline = 0.007 } } },
  },

  serve = function(conn)
    conn:healthy()
  end,
}
