-- The second NEWKEYS comes protected by the new keys and changes nothing.
return {
  about  = "Sends NEWKEYS twice.",
  rfc    = "4253 7.3",
  cites  = {
    "https://github.com/golang/go/issues/18711",
    "https://github.com/golang/go/issues/18850",
  },
  engine = "crafted",
  kind   = "order",
  expect = { outcome = { "success", "failure" }, phase = { "kex", "newkeys", "service", "auth" } },

  serve = function(conn)
    conn:again("NEWKEYS")
    conn:healthy()
  end,
}
