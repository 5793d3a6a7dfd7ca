-- The upload fills every buffer on the way. Whoever writes without a deadline stays in that write.
return {
  about  = "Accepts the subsystem sftp and stops reading at the first WRITE; a command that is run "
    .. "instead has its input left unread.",
  rfc    = "4254 6.5",
  cites  = {
    "https://github.com/net-ssh/net-sftp/issues/57",
    "https://github.com/apache/mina-sshd/issues/878",
    "https://github.com/curl/curl/issues/11725",
  },
  expect = { outcome = "timeout", phase = "data" },
  listen = { small_buffer = true },
  stdin_bytes = 131072,

  serve = function(conn)
    local channel = conn:upto("data")
    if channel then channel:sftp("WRITE") end
    conn:stop_reading()
    conn:hold()
  end,
}
