-- Behind a firewall that knows of DNS over UDP only, the second question goes nowhere. The way to
-- TCP is often the one without a timeout.
return {
  about  = "Answers over UDP that the answer is cut short, and fails over TCP.",
  rfc    = "7766 5",
  expect = { outcome = "timeout", phase = "dns" },
  variants = {
    { name = "tcp-silent", dns = { answer = "truncated", tcp = { answer = "nothing" } } },
    { name = "tcp-dribble", dns = { answer = "truncated", tcp = { every_deadline = 0.05 } } },
    { name = "tcp-half", dns = { answer = "truncated", tcp = { answer = "half" } } },
    { name = "tcp-fin", dns = { answer = "truncated", tcp = { answer = "fin" } },
      expect = { outcome = { "failure", "timeout" }, phase = "dns" } },
    { name = "tcp-refused", dns = { answer = "truncated", tcp = { answer = "closed" } },
      expect = { outcome = { "failure", "timeout" }, phase = "dns" } },
  },

  serve = function(conn)
    conn:healthy()
  end,
}
