-- The device does not like exec, and hangs up.
return {
  about  = "Ends the connection (FIN or RST) instead of answering the request to run a command.",
  rfc    = "4254 6.5",
  cites  = {
    "https://github.com/net-ssh/net-ssh/issues/610",
    "https://github.com/paramiko/paramiko/pull/1086",
  },
  expect = { outcome = "failure", phase = "request" },
  variants = {
    { name = "fin" },
    { name = "rst", reset = true },
  },

  serve = function(conn, v)
    local channel = conn:upto("request")
    if channel then channel:request() end
    if v.reset then conn:reset() else conn:finish() end
  end,
}
