-- Everything of the key exchange has come but its last message.
return {
  about  = "Replies to the key exchange and never sends NEWKEYS.",
  rfc    = "4253 7.3",
  cites  = {
    "https://github.com/golang/crypto/pull/25",
  },
  expect = { outcome = "timeout", phase = "newkeys" },

  serve = function(conn)
    conn:upto("newkeys")
    conn:hold()
  end,
}
