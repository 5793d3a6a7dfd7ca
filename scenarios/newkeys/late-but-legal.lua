-- Nothing says that NEWKEYS comes in one breath with the reply.
return {
  about  = "Sends NEWKEYS 0.4 of the deadline after its key exchange reply, and is honest from there on.",
  rfc    = "4253 7.3",
  cites  = {
    "https://github.com/golang/go/issues/18711",
    "https://github.com/wolfSSL/wolfssh/issues/564",
  },
  expect = { outcome = "success" },

  serve = function(conn)
    conn:upto("newkeys")
    conn:hold(0.4 * conn.deadline)
    conn:healthy()
  end,
}
