-- The end comes in the middle of a packet: whoever reads "the remaining length" in a loop spins.
return {
  about  = "Sends the first 200 bytes of its KEXINIT and ends the connection (FIN or RST).",
  rfc    = "4253 6",
  cites  = {
    "https://github.com/phpseclib/phpseclib/issues/270",
  },
  expect = { outcome = "failure", phase = "kexinit" },
  variants = {
    { name = "fin" },
    { name = "rst", reset = true },
  },

  serve = function(conn, v)
    conn:upto("kexinit")
    conn:cut(200)
    conn:upto_hold(0.3 * conn.deadline)
    conn:sleep(0.05 * conn.deadline) -- the client is to read what came before the end
    if v.reset then conn:reset() else conn:finish() end
  end,
}
