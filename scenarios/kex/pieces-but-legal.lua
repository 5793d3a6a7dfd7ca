-- A slow link: the reply comes, in pieces, and in time.
return {
  about  = "Sends its key exchange reply ten bytes at a time, over 0.2 of the deadline, and is honest.",
  rfc    = "4253 6, 4253 8",
  cites  = {
    "https://github.com/devsy-org/devsy/pull/1254",
    "https://github.com/wolfSSL/wolfssh/issues/564",
  },
  expect = { outcome = "success" },

  serve = function(conn)
    conn:upto("kex")
    conn:drip(10, 0.01 * conn.deadline)
    conn:upto("newkeys")
    conn:open_gates()
    conn:healthy()
  end,
}
