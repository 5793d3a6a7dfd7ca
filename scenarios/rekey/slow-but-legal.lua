-- The new keys take their time; the command does not mind.
return {
  about  = "Begins another key exchange while the command runs and takes 0.3 of the deadline for it.",
  rfc    = "4253 9",
  cites  = {
    "https://github.com/libssh2/libssh2/issues/2110",
    "https://github.com/apache/mina-sshd/issues/642",
  },
  expect = { outcome = "success" },

  serve = function(conn)
    local channel = conn:upto("data")
    if not channel then return end
    channel:write(channel.answer)
    conn:rekey()
    conn:stop_reading()
    conn:sleep(0.3 * conn.deadline)
    conn:resume_reading()
    conn:healthy()
  end,
}
