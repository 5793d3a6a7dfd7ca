-- The client has what it wants and leaves; what comes on the way out is nobody's business any more.
return {
  about  = "Is honest up to CLOSE, then sends IGNORE each 20 ms and never ends the connection.",
  rfc    = "4253 11.1, 4253 11.2",
  cites  = {
    "https://github.com/theophilusx/ssh2-sftp-client/issues/526",
    "https://github.com/appleboy/easyssh-proxy/pull/55",
  },
  expect = { outcome = "success" },
  kind   = "dribble",

  serve = function(conn)
    conn:upto("disconnect")
    repeat conn:ignore("and another thing") until not conn:sleep(0.02)
  end,
}
