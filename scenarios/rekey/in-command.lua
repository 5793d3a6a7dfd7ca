-- Keys are exchanged again in the middle of a command. Legal, and the client must go through with it.
return {
  about  = "Begins another key exchange while the command runs, and is honest.",
  rfc    = "4253 9",
  cites  = {
    "https://github.com/libssh2/libssh2/issues/2110",
    "https://github.com/mscdex/ssh2/issues/856",
  },
  expect = { outcome = "success" },

  serve = function(conn)
    local channel = conn:upto("data")
    if not channel then return end
    channel:write(channel.answer)
    conn:rekey()
    conn:sleep(0.1 * conn.deadline)
    conn:healthy()
  end,
}
