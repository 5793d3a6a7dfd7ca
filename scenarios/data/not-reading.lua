-- A peer that stops reading blocks whoever writes without a deadline: uploads, and the close itself.
return {
  about  = "Starts the command and stops reading while the client sends it input.",
  rfc    = "4254 5.2",
  cites  = {
    "https://github.com/warp-tech/warpgate/pull/2549",
    "https://github.com/golang/go/issues/32990",
    "https://github.com/libssh2/libssh2/issues/344",
  },
  expect = { outcome = "timeout", phase = "data" },
  listen = { small_buffer = true },
  stdin_bytes = 131072,

  serve = function(conn)
    conn:upto("data")
    conn:stop_reading()
    conn:hold()
  end,
}
