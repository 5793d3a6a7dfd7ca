-- The path died after the request: no answer, no FIN, and no acknowledgement that anybody reads.
return {
  about  = "Neither answers the request to run a command nor reads anything more.",
  rfc    = "4254 6.5",
  cites  = {
    "https://github.com/golang/go/issues/19338",
    "https://github.com/bk-rs/ssh-rs/issues/15",
  },
  expect = { outcome = "timeout", phase = "request" },
  kind   = "deaf",

  serve = function(conn)
    local channel = conn:upto("request")
    if channel then channel:request() end
    conn:stop_reading()
    conn:hold()
  end,
}
