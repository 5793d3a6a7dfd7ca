-- An answer came: whoever counts answers and doesn't read them waits for the next.
return {
  about  = "Answers the SERVICE_REQUEST with a message that is not the SERVICE_ACCEPT, and waits.",
  rfc    = "4253 10",
  cites  = {
    "https://github.com/clj-commons/clj-ssh/issues/55",
    "https://github.com/erlang/otp/issues/6463",
  },
  engine = "crafted",
  kind   = "order",
  expect = { outcome = { "timeout", "failure" }, phase = { "kex", "newkeys", "service", "auth" } },
  variants = {
    { name = "unimplemented", message = { "UNIMPLEMENTED", sequence = 3 } },
    { name = "other-service", message = { "SERVICE_ACCEPT", service = "ssh-connection" } },
    { name = "ignore",        message = { "IGNORE", data = "wait" } },
    { name = "newkeys",       message = { "NEWKEYS" } },
  },

  serve = function(conn, v)
    conn:upto("service")
    conn:expect("SERVICE_REQUEST")
    conn:packet(v.message)
    conn:hold()
  end,
}
