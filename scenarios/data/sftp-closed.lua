-- The file server has gone, and the connection stays: who waits for the answer must hear of it.
return {
  about  = "Accepts the subsystem sftp and ends the channel instead of answering; a command that is run "
    .. "instead ends so.",
  rfc    = "4254 5.3",
  cites  = {
    "https://github.com/pkg/sftp/pull/117",
    "https://github.com/pkg/sftp/issues/167",
    "https://github.com/theophilusx/ssh2-sftp-client/issues/289",
  },
  kind   = "ending",
  expect = { outcome = { "failure", "timeout" }, phase = { "data", "exit", "close", "disconnect" } },
  variants = {
    { name = "at-init-eof",   at = "INIT" },
    { name = "at-init-close", at = "INIT", close = true },
    { name = "at-stat-eof",   at = "STAT" },
    { name = "at-read-close", at = "READ", close = true },
  },

  serve = function(conn, v)
    local channel = conn:upto("data")
    if not channel then return end
    if v.at == "STAT" then channel:sftp("STAT", "LSTAT", "FSTAT") else channel:sftp(v.at) end
    channel:eof()
    if v.close then channel:close() end
    conn:hold()
  end,
}
