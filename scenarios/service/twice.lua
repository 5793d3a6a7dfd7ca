-- The second acceptance answers nothing.
return {
  about  = "Accepts the service twice.",
  rfc    = "4253 10",
  cites  = {
    "https://github.com/erlang/otp/issues/6463",
  },
  engine = "crafted",
  kind   = "order",
  expect = { outcome = { "success", "failure" }, phase = { "kex", "service", "auth" } },

  serve = function(conn)
    conn:again("SERVICE_ACCEPT")
    conn:healthy()
  end,
}
