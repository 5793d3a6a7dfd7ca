-- 255 bytes with CR and LF are the limit, and they are allowed.
return {
  about  = "Has the longest identification string there may be, or one with comments, and is honest.",
  rfc    = "4253 4.2",
  cites  = {
    "https://github.com/wolfSSL/wolfssh/pull/959",
  },
  expect = { outcome = "success" },
  variants = {
    { name = "255-bytes", software = ("x"):rep(245) },
    { name = "comments",  software = "fakesshd_0.1 with comments, a dash - and more" },
  },

  serve = function(conn, v)
    conn:ident{ software = v.software }
    conn:healthy()
  end,
}
