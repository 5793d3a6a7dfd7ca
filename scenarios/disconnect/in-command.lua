-- Every waiter must wake at once, not at its deadline.
return {
  about  = "Sends DISCONNECT in the middle of the output.",
  rfc    = "4253 11.1",
  cites  = {
    "https://github.com/libssh2/libssh2/issues/102",
    "https://github.com/phpseclib/phpseclib/issues/2030",
  },
  expect = { outcome = "failure", phase = { "data", "disconnect" } },
  kind   = "ending",

  serve = function(conn)
    local channel = conn:upto("data")
    if channel then channel:write("half of the out") end
    conn:hold(0.05 * conn.deadline) -- the client is to read what came before the end
    conn:disconnect("the host is going down")
  end,
}
