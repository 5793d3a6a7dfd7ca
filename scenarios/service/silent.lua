-- The keys are there, the encrypted connection is dead.
return {
  about  = "Never answers the service request.",
  rfc    = "4253 10",
  cites  = {
    "https://github.com/clj-commons/clj-ssh/issues/55",
  },
  expect = { outcome = "timeout", phase = { "service", "auth" } },

  serve = function(conn)
    conn:upto("service")
    conn:hold()
  end,
}
