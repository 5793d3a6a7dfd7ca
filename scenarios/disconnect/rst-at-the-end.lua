-- Some servers answer the client's farewell with a reset. The work was done before.
return {
  about  = "Is honest up to CLOSE and resets the connection when the client leaves.",
  rfc    = "4253 11.1",
  cites  = {
    "https://github.com/mscdex/ssh2/issues/902",
    "https://github.com/theophilusx/ssh2-sftp-client/pull/590",
  },
  expect = { outcome = "success" },
  kind   = "rst",

  serve = function(conn)
    conn:upto("disconnect")
    conn:read(1, 0.3 * conn.deadline)
    conn:reset()
  end,
}
