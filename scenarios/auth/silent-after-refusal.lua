-- The first answer came at once. A deadline that each answer renews, or that covers the first method
-- only, is over by now.
return {
  about  = "Refuses the first method of authentication and never answers the next one.",
  rfc    = "4252 5.1",
  cites  = {
    "https://github.com/paramiko/paramiko/pull/869",
    "https://github.com/clj-commons/clj-ssh/issues/55",
  },
  expect = { outcome = { "timeout", "failure" }, phase = "auth" },
  kind   = "silence",

  serve = function(conn)
    conn:auth{ accept = false }
    conn:hold()
  end,
}
