-- EXT_INFO has two places: right behind NEWKEYS, and right before USERAUTH_SUCCESS. Elsewhere a client may
-- take it or end the connection.
return {
  about  = "Sends IGNORE behind NEWKEYS, then EXT_INFO with extensions that nobody knows, and is honest.",
  rfc    = "8308 2.4",
  cites  = {
    "https://github.com/proftpd/proftpd/pull/1456",
    "https://github.com/proftpd/proftpd/issues/984",
  },
  engine = "crafted",
  kind   = "order",
  expect = { outcome = { "success", "failure" }, phase = { "newkeys", "service" } },

  serve = function(conn)
    conn:upto("service")
    conn:ignore("between NEWKEYS and EXT_INFO")
    conn:packet{ "EXT_INFO", count = 2, extensions = "\0\0\0\3foo\0\0\0\3bar\0\0\0\3baz\0\0\0\0" }
    conn:healthy()
  end,
}
