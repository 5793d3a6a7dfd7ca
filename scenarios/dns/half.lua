-- A datagram that ends in the middle of the question it repeats.
return {
  about  = "Sends the first half of its answer over UDP, and over TCP then nothing more.",
  rfc    = "1035 4.1",
  expect = { outcome = { "timeout", "failure" }, phase = "dns" },
  dns    = { answer = "half" },

  serve = function(conn)
    conn:healthy()
  end,
}
