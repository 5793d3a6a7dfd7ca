-- Writers wait for the new keys, and the connection ends: all of them must wake.
return {
  about  = "Begins another key exchange while the command runs and ends the connection (FIN or RST).",
  rfc    = "4253 9",
  cites  = {
    "https://github.com/golang/go/issues/11992",
    "https://github.com/GOODBOY008/r-shell/pull/123",
  },
  expect = { outcome = "failure", phase = { "rekey", "data" } },
  variants = {
    { name = "fin" },
    { name = "rst", reset = true },
  },

  serve = function(conn, v)
    local channel = conn:upto("data")
    if channel then channel:write("working") end
    conn:sleep(0.05 * conn.deadline) -- the client is to read what came before
    conn:rekey()
    conn:stop_reading()
    conn:sleep(0.05 * conn.deadline) -- the client is to answer the KEXINIT
    if v.reset then conn:reset() else conn:finish() end
  end,
}
