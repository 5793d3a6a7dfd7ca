-- The length said how much is to come; who waits for that much waits without end.
return {
  about  = "Accepts the subsystem sftp and falls silent within one of its answers; a command that is "
    .. "run instead says nothing.",
  rfc    = "4254 6.5",
  cites  = {
    "https://github.com/curl/curl/issues/8632",
    "https://github.com/pkg/sftp/issues/308",
  },
  kind   = "partial",
  expect = { outcome = "timeout", phase = "data" },
  variants = {
    { name = "version-length", at = "INIT", bytes = 4 },
    { name = "version",        at = "INIT", bytes = 8 },
    { name = "handle",         at = "OPEN", bytes = 9 },
    { name = "read",           at = "READ", bytes = 15 }, -- 2 bytes of the file
    { name = "status",         at = "WRITE", bytes = 13 },
  },

  serve = function(conn, v)
    local channel = conn:upto("data")
    local request = channel and channel:sftp(v.at)
    if request then channel:write(request:reply():sub(1, v.bytes)) end
    conn:hold()
  end,
}
