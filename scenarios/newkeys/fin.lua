-- One message short of the end of the key exchange: what was agreed on so far must be given back.
return {
  about  = "Replies to the key exchange and ends the connection (FIN or RST) instead of sending NEWKEYS.",
  rfc    = "4253 7.3",
  cites  = {
    "https://github.com/erlang/otp/issues/6463",
    "https://github.com/brokenbot/sftp-promises/pull/10",
  },
  expect = { outcome = "failure", phase = "newkeys" },
  variants = {
    { name = "fin" },
    { name = "rst", reset = true },
  },

  serve = function(conn, v)
    conn:upto("newkeys")
    conn:sleep(0.05 * conn.deadline) -- the client is to read what came before the end
    if v.reset then conn:reset() else conn:finish() end
  end,
}
