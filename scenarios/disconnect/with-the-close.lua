-- Both say goodbye at once: the client's CLOSE and the server's DISCONNECT pass each other.
return {
  about  = "Is honest up to CLOSE and sends DISCONNECT as soon as the client closes the channel, too.",
  rfc    = "4253 11.1, 4254 5.3",
  cites  = {
    "https://github.com/nforgeio/neonKUBE/issues/230",
    "https://github.com/phpseclib/phpseclib/issues/2030",
  },
  expect = { outcome = "success" },
  kind   = "ending",
  engine = "crafted",

  serve = function(conn)
    conn:upto("disconnect")
    conn:expect("CHANNEL_CLOSE", 0.4 * conn.deadline)
    conn:disconnect("Goodbye")
  end,
}
