-- The keys are exchanged and nothing was ever said with them.
return {
  about  = "Ends the connection (FIN or RST) after NEWKEYS, instead of accepting the service.",
  rfc    = "4253 10",
  cites  = {
    "https://github.com/erlang/otp/issues/6463",
    "https://github.com/libssh2/libssh2/issues/282",
  },
  expect = { outcome = "failure", phase = "service" },
  variants = {
    { name = "fin" },
    { name = "rst", reset = true },
  },

  serve = function(conn, v)
    conn:upto("service")
    conn:sleep(0.05 * conn.deadline) -- the client is to read what came before the end
    if v.reset then conn:reset() else conn:finish() end
  end,
}
