-- A header that was decrypted and a body that never ends: nothing of it may be used, and nothing
-- waited for without a deadline.
return {
  about  = "Sends the first 20 bytes of its answer to an authentication request and falls silent.",
  rfc    = "4253 6, 4252 5.1",
  cites  = {
    "https://github.com/mscdex/ssh2-streams/issues/60",
  },
  expect = { outcome = "timeout", phase = "auth" },
  kind   = "partial",

  serve = function(conn)
    conn:upto("auth")
    conn:cut(20)
    conn:upto("channel")
    conn:hold()
  end,
}
