-- A resolver that answers after 15 to 20 seconds has held clients up for as long, Ctrl-C or not.
return {
  about  = "Answers the question for its name only after the deadline.",
  rfc    = "1035 4.2.1",
  cites  = {
    "https://github.com/PowerShell/Win32-OpenSSH/issues/1553",
  },
  expect = { outcome = "timeout", phase = "dns" },
  kind   = "silence",
  variants = {
    { name = "udp", dns = { after_deadline = 1.2 } },
    { name = "tcp", dns = { answer = "truncated", tcp = { after_deadline = 1.2 } } },
  },

  serve = function(conn)
    conn:healthy()
  end,
}
