-- The server dislikes the client's half of the exchange, and says so as the protocol provides.
return {
  about  = "Sends DISCONNECT (key exchange failed) instead of its key exchange reply.",
  rfc    = "4253 11.1, 4253 8",
  cites  = {
    "https://github.com/hierynomus/sshj/issues/937",
    "https://github.com/rh-ecosystem-edge/eco-gotests/pull/1610",
  },
  expect = { outcome = "failure", phase = "kex" },
  kind   = "ending",
  engine = "crafted",

  serve = function(conn)
    conn:intercept("KEX_ECDH_INIT")
    conn:upto("kex")
    conn:open_gates()
    conn:expect("KEX_ECDH_INIT")
    conn:disconnect("Key exchange failed", 3)
  end,
}
