-- RFC 4252 5.4 sets no limit to a banner; a packet does: its length field lies about what the packet
-- holds.
return {
  about  = "Sends a banner whose length is beyond the end of its packet.",
  rfc    = "4252 5.4",
  cites  = {
    "https://github.com/libssh2/libssh2/pull/274",
  },
  engine = "crafted",
  kind   = "malformed",
  expect = { outcome = { "failure", "success" }, phase = { "auth" } },

  serve = function(conn)
    conn:upto("auth")
    conn:packet{ raw = "\53\255\255\255\255Welcome" }
    conn:healthy()
  end,
}
