-- Behind a port forwarding or tcp wrappers the connection lives until somebody looks at it: the end
-- comes after the client's identification string.
return {
  about  = "Reads the client's identification string and ends the connection (FIN or RST).",
  rfc    = "4253 4.2",
  cites  = {
    "https://github.com/scylladb/scylla-cluster-tests/pull/2005",
    "https://github.com/ansible/awx/issues/2072",
  },
  expect = { outcome = "failure", phase = "ident" },
  variants = {
    { name = "fin" },
    { name = "rst", reset = true },
  },

  serve = function(conn, v)
    conn:read_line(0.3 * conn.deadline)
    if v.reset then conn:reset() else conn:finish() end
  end,
}
