-- The host goes down in an orderly way while the command runs. No status came, so it is no success.
return {
  about  = "Ends the connection (FIN or RST) in the middle of the output.",
  rfc    = "4254 5.2",
  cites  = {
    "https://github.com/libssh2/libssh2/issues/110",
    "https://github.com/net-ssh/net-ssh/issues/339",
    "https://github.com/pkg/sftp/pull/117",
  },
  expect = { outcome = "failure", phase = "data" },
  variants = {
    { name = "fin" },
    { name = "rst", reset = true },
  },

  serve = function(conn, v)
    local channel = conn:upto("data")
    if channel then channel:write("half of the out") end
    conn:hold(0.05 * conn.deadline) -- the client is to read what came before the end
    if v.reset then conn:reset() else conn:finish() end
  end,
}
