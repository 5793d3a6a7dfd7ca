-- The server does not like the service, or its second request: it says so and leaves, or says so and
-- stays.
return {
  about  = "Sends DISCONNECT instead of accepting the service.",
  rfc    = "4253 10, 4253 11.1",
  cites  = {
    "https://github.com/erlang/otp/issues/6463",
  },
  expect = { outcome = "failure", phase = "service" },
  kind   = "ending",

  serve = function(conn)
    conn:upto("service")
    conn:sleep(0.1 * conn.deadline) -- what libssh says behind NEWKEYS (EXT_INFO) is to pass
    conn:disconnect("no such service")
  end,
}
