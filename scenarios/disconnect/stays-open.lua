-- The client is through and leaves; the server keeps its end open and says nothing. close() must not
-- wait for it.
return {
  about  = "Is honest to the end, but never ends the TCP connection itself.",
  rfc    = "4253 11.1",
  cites  = {
    "https://github.com/appleboy/easyssh-proxy/pull/55",
    "https://github.com/sshnet/SSH.NET/issues/355",
  },
  expect = { outcome = "success" },

  serve = function(conn)
    conn:upto("disconnect")
    conn:hold()
  end,
}
