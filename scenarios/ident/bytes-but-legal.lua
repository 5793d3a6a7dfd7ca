-- TCP may cut a line anywhere; readers that want it in one piece fail on slow links only.
return {
  about  = "Sends its identification string one byte at a time, over 0.3 of the deadline, and is honest.",
  rfc    = "4253 4.2",
  cites  = {
    "https://github.com/wolfSSL/wolfssh/pull/959",
    "https://github.com/Eugeny/russh/issues/422",
  },
  expect = { outcome = "success" },

  serve = function(conn)
    conn:drip(1, 0.012 * conn.deadline)
    conn:upto("kexinit")
    conn:open_gates()
    conn:healthy()
  end,
}
