-- The first packet may come in one breath with the identification string: a reader of lines must not
-- swallow what stands behind the line.
return {
  about  = "Sends its identification string and its KEXINIT together, and is honest.",
  rfc    = "4253 4.2, 4253 7.1",
  cites  = {
    "https://github.com/golang/go/issues/32990",
  },
  expect = { outcome = "success" },

  serve = function(conn)
    conn:upto("ident")
    conn:sleep(0.1 * conn.deadline) -- the client's identification string makes the KEXINIT ready
    conn:healthy()
  end,
}
