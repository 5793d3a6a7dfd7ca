-- The host key is checked once more with each exchange.
return {
  about  = "Begins another key exchange while the command runs, and signs it wrongly.",
  rfc    = "4253 8",
  cites  = {
    "https://github.com/Eugeny/russh/issues/563",
  },
  engine = "crafted",
  kind   = "malformed",
  expect = { outcome = { "failure" }, phase = { "rekey", "data", "disconnect" } },

  serve = function(conn)
    conn:upto("data")
    conn:alter("KEX_ECDH_REPLY", { signature = "\0\0\0\11ssh-ed25519\0\0\0\64" .. ("x"):rep(64) })
    conn:rekey()
    conn:hold()
  end,
}
