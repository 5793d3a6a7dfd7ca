-- RFC 4253 7.3 and 11.2: after NEWKEYS anything may come, and IGNORE has to be taken at any time.
return {
  about  = "Sends IGNORE and DEBUG between NEWKEYS and the SERVICE_ACCEPT.",
  rfc    = "4253 11.2",
  engine = "crafted",
  kind   = "legal",
  expect = { outcome = "success" },

  serve = function(conn)
    conn:upto("service")
    conn:ignore("between the messages")
    conn:debug("between the messages")
    conn:healthy()
  end,
}
