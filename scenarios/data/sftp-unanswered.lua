-- SFTP version 3 (draft-ietf-secsh-filexfer-02): the transport is well, and one answer of the file server
-- never comes. A timeout of the SSH session does not cover it. Who runs a command hears nothing either.
return {
  about  = "Accepts the subsystem sftp and leaves one kind of its requests unanswered; a command that "
    .. "is run instead says nothing.",
  rfc    = "4254 6.5",
  cites  = {
    "https://github.com/mwiede/jsch/issues/329",
    "https://github.com/mwiede/jsch/issues/788",
    "https://github.com/mwiede/jsch/issues/836",
    "https://github.com/iterate-ch/cyberduck/issues/15090",
    "https://github.com/paramiko/paramiko/issues/1788",
    "https://github.com/lavv17/lftp/issues/504",
    "https://github.com/kolban-google/sftp-gcs/issues/23",
  },
  kind   = "silence",
  expect = { outcome = "timeout", phase = "data" },
  variants = {
    { name = "init",      at = { "INIT" } },
    { name = "first",     at = { "REALPATH", "STAT", "LSTAT", "OPEN", "OPENDIR" } },
    { name = "stat",      at = { "STAT", "LSTAT", "FSTAT" } },
    { name = "open",      at = { "OPEN" } },
    { name = "read",      at = { "READ" } },
    { name = "next-read", at = { "READ" }, answered = 1 },
    { name = "write",     at = { "WRITE" } },
    { name = "close",     at = { "CLOSE" } },
    { name = "end",       at = {} }, -- all is answered but the client's EOF
  },

  serve = function(conn, v)
    local channel = conn:upto("data")
    if not channel then return end
    local request = channel:sftp(table.unpack(v.at))
    for _ = 1, v.answered or 0 do
      if request then channel:write(request:reply()) end
      request = request and channel:sftp(table.unpack(v.at))
    end
    conn:hold()
  end,
}
