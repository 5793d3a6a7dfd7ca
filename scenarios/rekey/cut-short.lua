-- What waits for the key exchange to be over has to hear that it never will be.
return {
  about  = "Begins another key exchange while the command runs, and ends the connection on its way.",
  rfc    = "4253 9",
  cites  = {
    "https://github.com/golang/go/issues/11992",
    "https://github.com/apache/mina-sshd/pull/117",
    "https://github.com/GOODBOY008/r-shell/pull/123",
  },
  engine = "crafted",
  expect = { outcome = "failure", phase = { "rekey", "data", "disconnect" } },
  variants = {
    { name = "fin", kind = "fin" },
    { name = "rst", kind = "rst", rst = true },
  },

  serve = function(conn, v)
    conn:upto("data")
    conn:intercept("KEX_ECDH_INIT")
    conn:rekey()
    if not conn:expect("KEX_ECDH_INIT") then return end
    if v.rst then conn:reset() else conn:finish() end
    conn:hold()
  end,
}
