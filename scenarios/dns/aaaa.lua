-- Name servers and middle-boxes that know only IPv4 have long mistreated the question for AAAA
-- records. The address is there: a client that waits for both answers, or believes the worse of
-- them, does not find it.
return {
  about  = "Answers for the A record at once, and mistreats the question for AAAA records.",
  rfc    = "4074 4",
  variants = {
    { name = "silent", dns = { aaaa = { answer = "nothing" } },
      expect = { outcome = { "success", "timeout" }, phase = "dns" } },
    { name = "nxdomain", dns = { aaaa = { answer = "nxdomain" } }, kind = "refusal",
      expect = { outcome = { "success", "failure" }, phase = "dns" } },
    { name = "servfail", dns = { aaaa = { answer = "servfail" } }, kind = "refusal",
      expect = { outcome = { "success", "failure", "timeout" }, phase = "dns" } },
  },
  expect = { outcome = "success" },

  serve = function(conn)
    conn:healthy()
  end,
}
