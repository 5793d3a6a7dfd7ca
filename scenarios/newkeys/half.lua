-- The last packet in the clear, and half of it: eight bytes are a whole header, and no message.
return {
  about  = "Replies to the key exchange, sends half of its NEWKEYS and falls silent.",
  rfc    = "4253 6, 4253 7.3",
  cites  = {
    "https://github.com/mscdex/ssh2-streams/issues/60",
    "https://github.com/mscdex/ssh2/issues/1040",
  },
  expect = { outcome = "timeout", phase = "newkeys" },
  kind   = "partial",

  serve = function(conn)
    conn:upto("newkeys")
    conn:cut(8)
    conn:upto("service")
    conn:hold()
  end,
}
