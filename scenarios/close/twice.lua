-- RFC 4254 5.3: the number is free after CLOSE; the second one closes nothing.
return {
  about  = "Closes the channel twice.",
  rfc    = "4254 5.3",
  cites  = {
    "https://github.com/libssh2/libssh2/pull/458",
  },
  engine = "crafted",
  kind   = "order",
  expect = { outcome = { "success", "failure" }, phase = { "data", "exit", "close", "disconnect" } },

  serve = function(conn)
    conn:again("CHANNEL_CLOSE")
    conn:healthy()
  end,
}
