-- Nobody takes the client's farewell: to wait until it was read needs an end of its own.
return {
  about  = "Is honest up to CLOSE, then neither reads nor ends the connection.",
  rfc    = "4253 11.1",
  cites  = {
    "https://github.com/theophilusx/ssh2-sftp-client/issues/578",
    "https://github.com/libssh2/libssh2/issues/344",
    "https://github.com/sshnet/SSH.NET/issues/355",
  },
  expect = { outcome = "success" },
  kind   = "deaf",

  serve = function(conn)
    conn:upto("disconnect")
    conn:stop_reading()
    conn:hold()
  end,
}
