-- Names with many addresses do not fit a datagram: the client must ask again over TCP.
return {
  about  = "Answers over UDP that the answer is cut short, and over TCP with all of it.",
  rfc    = "7766 5",
  expect = { outcome = "success" },
  dns    = { answer = "truncated" },

  serve = function(conn)
    conn:healthy()
  end,
}
