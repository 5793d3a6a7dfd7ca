-- The packet's length said more: what is left to read is never zero, and a loop over it never ends.
return {
  about  = "Sends half of a packet of output and ends the connection (FIN or RST).",
  rfc    = "4253 6, 4254 5.2",
  cites  = {
    "https://github.com/phpseclib/phpseclib/issues/270",
  },
  expect = { outcome = "failure", phase = "data" },
  variants = {
    { name = "fin" },
    { name = "rst", reset = true },
  },

  serve = function(conn, v)
    local channel = conn:upto("data")
    conn:sleep(0.05 * conn.deadline) -- the answer to the request is to pass
    conn:cut(200)
    if channel then channel:write(("x"):rep(4000)) end
    conn:sleep(0.05 * conn.deadline) -- the client is to read what came before the end
    if v.reset then conn:reset() else conn:finish() end
  end,
}
