-- What comes is a whole packet, and no answer to the question. A client that only knows the codes that
-- it expects waits for another.
return {
  about  = "Accepts the subsystem sftp and answers one request with what is no good answer; a command "
    .. "that is run instead is killed.",
  rfc    = "4254 6.5",
  cites  = {
    "https://github.com/sshnet/SSH.NET/issues/343",
    "https://github.com/paramiko/paramiko/issues/1788",
  },
  kind   = "malformed",
  expect = { outcome = { "failure", "timeout" }, phase = { "data", "exit", "close", "disconnect" } },
  variants = {
    { name = "no-space",   at = "WRITE", number = 101, code = 14 }, -- a code of version 5
    { name = "other-id",   at = "OPEN",  number = 102, other = 77, kind = "order" },
    { name = "other-type", at = "OPEN",  number = 103 },
    { name = "no-such-type", at = "OPEN", number = 199 },
  },

  serve = function(conn, v)
    local channel = conn:upto("data")
    if not channel then return end
    local request = channel:sftp(v.at)
    if request then
      local id, rest = request.id + (v.other or 0), string.pack(">s4", "1")
      if v.code then rest = string.pack(">I4s4s4", v.code, "No space available", "") end
      channel:write(string.pack(">s4", string.pack(">BI4", v.number, id) .. rest))
      conn:healthy()
    elseif channel.command then
      channel:exit_signal("KILL")
      channel:close()
    end
    conn:hold()
  end,
}
