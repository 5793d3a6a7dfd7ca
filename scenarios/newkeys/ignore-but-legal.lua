-- RFC 4253 7.3 and 11.2: after NEWKEYS anything may come, and IGNORE has to be taken at any time.
return {
  about  = "Sends IGNORE, DEBUG and EXT_INFO between NEWKEYS and the SERVICE_ACCEPT.",
  rfc    = "4253 11.2",
  cites  = {
    "https://github.com/proftpd/proftpd/pull/1456",
    "https://github.com/proftpd/proftpd/issues/984",
  },
  engine = "crafted",
  kind   = "legal",
  expect = { outcome = "success" },

  serve = function(conn)
    conn:upto("service")
    conn:packet{ "EXT_INFO", count = 1, extensions = "\0\0\0\3foo\0\0\0\3bar" }
    conn:ignore("between the messages")
    conn:debug("between the messages")
    conn:healthy()
  end,
}
