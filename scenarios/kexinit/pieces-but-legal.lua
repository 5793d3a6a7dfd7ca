-- A packet may come in any pieces; a client that reads it "at once" sees a few bytes of it.
return {
  about  = "Sends its KEXINIT twenty bytes at a time, over a quarter of the deadline, and is honest.",
  rfc    = "4253 6",
  cites  = {
    "https://github.com/wolfSSL/wolfssh/pull/959",
    "https://github.com/devsy-org/devsy/pull/1254",
  },
  expect = { outcome = "success" },

  serve = function(conn)
    conn:upto("kexinit")
    conn:drip(20, 0.005 * conn.deadline)
    conn:upto("kex")
    conn:open_gates()
    conn:healthy()
  end,
}
