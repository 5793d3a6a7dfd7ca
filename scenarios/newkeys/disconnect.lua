-- The exchange was good, and the end comes before it counts: the last message in the clear is the
-- farewell.
return {
  about  = "Sends DISCONNECT instead of NEWKEYS.",
  rfc    = "4253 11.1, 4253 7.3",
  cites  = {
    "https://github.com/hierynomus/sshj/issues/937",
    "https://github.com/erlang/otp/issues/6463",
  },
  expect = { outcome = "failure", phase = { "kex", "newkeys" } },
  kind   = "ending",
  engine = "crafted",

  serve = function(conn)
    conn:withhold("NEWKEYS")
    conn:upto("newkeys")
    conn:open_gates()
    conn:disconnect("Come back later", 12)
  end,
}
