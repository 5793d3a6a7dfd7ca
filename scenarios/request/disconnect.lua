-- A device that takes a shell only, and is rude about it.
return {
  about  = "Sends DISCONNECT instead of answering the request to run a command.",
  rfc    = "4253 11.1",
  cites  = {
    "https://github.com/net-ssh/net-ssh/issues/610",
    "https://github.com/libssh2/libssh2/issues/102",
  },
  expect = { outcome = "failure", phase = "request" },
  kind   = "ending",

  serve = function(conn)
    local channel = conn:upto("request")
    if channel then channel:request() end
    conn:disconnect("exec is not allowed here")
  end,
}
