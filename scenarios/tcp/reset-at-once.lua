-- A NAT in front of a guest that is still booting accepts, then resets.
return {
  about  = "Accepts the connection and resets it at once (RST).",
  rfc    = "9293 3.5.2",
  cites  = {
    "https://github.com/hashicorp/packer/issues/4988",
  },
  expect = { outcome = "failure", phase = { "tcp", "ident" } },

  serve = function(conn)
    conn:reset()
  end,
}
