-- The client's socket is full and half a packet waits in it, when the server asks for new keys. The rest
-- of that packet comes first, under the old ones; and the reader must not wait for the writer.
return {
  about  = "Stops reading input, begins another key exchange, reads again, and is honest.",
  rfc    = "4253 9",
  cites  = {
    "https://github.com/libssh2/libssh2/issues/2110",
    "https://github.com/golang/go/issues/18439",
  },
  expect = { outcome = "success" },
  engine = "crafted",
  listen = { small_buffer = true },
  stdin_bytes = 131072,

  serve = function(conn)
    local channel = conn:upto("data")
    if not channel then return end
    conn:stop_reading()
    conn:sleep(0.1 * conn.deadline) -- the client fills its socket
    conn:rekey()
    conn:sleep(0.1 * conn.deadline)
    conn:resume_reading()
    repeat
      local piece = channel:read(16384, 0.3 * conn.deadline)
    until not piece or #piece < 16384
    conn:healthy()
  end,
}
