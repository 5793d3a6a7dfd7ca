-- A resolver whose own servers are out of reach, or that does not serve this client. Some clients
-- ask again until their time is up, some give up at once; neither may take longer.
return {
  about  = "Says that it cannot, or will not, answer the question.",
  rfc    = "1035 4.1.1",
  expect = { outcome = { "failure", "timeout" }, phase = "dns" },
  kind   = "refusal",
  variants = {
    { name = "servfail", dns = { answer = "servfail" } },
    { name = "refused", dns = { answer = "refused" } },
  },

  serve = function(conn)
    conn:healthy()
  end,
}
