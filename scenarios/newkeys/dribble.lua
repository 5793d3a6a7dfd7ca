-- Sixteen bytes are missing, and come one at a time: each of them re-arms an idle timer.
return {
  about  = "Replies to the key exchange and sends NEWKEYS one byte at a time, too slowly to "
    .. "end before the deadline.",
  rfc    = "4253 7.3",
  cites  = {
    "https://github.com/devsy-org/devsy/pull/1254",
  },
  expect = { outcome = "timeout", phase = "newkeys" },

  serve = function(conn)
    conn:upto("newkeys")
    conn:drip(1, 0.09 * conn.deadline)
    conn:upto("service")
    conn:hold()
  end,
}
