-- The length of an encrypted packet is known before the packet is whole.
return {
  about  = "Sends the first half of the message that accepts the service and falls silent.",
  rfc    = "4253 6, 4253 10",
  cites  = {
    "https://github.com/mscdex/ssh2-streams/issues/60",
  },
  expect = { outcome = "timeout", phase = "service" },
  kind   = "partial",

  serve = function(conn)
    conn:upto("service")
    conn:sleep(0.1 * conn.deadline) -- what libssh says behind NEWKEYS (EXT_INFO) is to pass
    conn:cut(20)
    conn:upto("auth")
    conn:hold()
  end,
}
