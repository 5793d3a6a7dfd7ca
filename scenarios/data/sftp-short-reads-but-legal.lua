-- A READ may get fewer bytes than it asked for (draft-ietf-secsh-filexfer-02 6.4): only EOF ends a file.
return {
  about  = "Accepts the subsystem sftp and answers each READ with one byte; a command that is run "
    .. "instead prints so.",
  rfc    = "4254 6.5",
  cites  = {
    "https://github.com/nitrobass24/seedsync/issues/563",
  },
  expect = { outcome = "success" },

  serve = function(conn)
    local channel = conn:upto("data")
    if not channel then return end
    local request = channel:sftp("READ")
    while request do
      request.length = 1
      channel:write(request:reply())
      request = channel:sftp("READ")
    end
    local output = channel.command and channel.answer or ""
    for i = 1, #output do channel:write(output:sub(i, i)) end
    conn:healthy()
  end,
}
