-- The connection dies in the moment between the request for a channel and its answer.
return {
  about  = "Ends the connection (FIN or RST) instead of answering the request to open a channel.",
  rfc    = "4254 5.1",
  cites  = {
    "https://github.com/twisted/twisted/issues/9626",
    "https://github.com/canonical/spread/pull/226",
  },
  expect = { outcome = "failure", phase = "channel" },
  variants = {
    { name = "fin" },
    { name = "rst", reset = true },
  },

  serve = function(conn, v)
    conn:upto("channel")
    conn:sleep(0.05 * conn.deadline) -- the client is to read what came before the end
    if v.reset then conn:reset() else conn:finish() end
  end,
}
