-- Part of the reply is there, the rest never comes: neither wait for it nor use what is not there.
return {
  about  = "Sends the first 50 bytes of its key exchange reply and ends the connection (FIN or RST).",
  rfc    = "4253 8",
  cites  = {
    "https://github.com/phpseclib/phpseclib/issues/270",
    "https://github.com/brokenbot/sftp-promises/pull/10",
  },
  expect = { outcome = "failure", phase = "kex" },
  variants = {
    { name = "fin" },
    { name = "rst", reset = true },
  },

  serve = function(conn, v)
    conn:upto("kex")
    conn:cut(50)
    conn:upto_hold(0.3 * conn.deadline)
    conn:sleep(0.05 * conn.deadline) -- the client is to read what came before the end
    if v.reset then conn:reset() else conn:finish() end
  end,
}
