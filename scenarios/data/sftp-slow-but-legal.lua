-- Every answer comes, each after a while.
return {
  about  = "Accepts the subsystem sftp and takes a while over each of the first answers, 0.32 of the "
    .. "deadline in all; a command that is run instead takes as long.",
  rfc    = "4254 6.5",
  cites  = {
    "https://github.com/hestiacp/hestiacp/issues/3279",
    "https://github.com/iterate-ch/cyberduck/issues/15090",
  },
  expect = { outcome = "success" },

  serve = function(conn)
    local channel = conn:upto("data")
    if not channel then return end
    for _ = 1, 8 do
      local request = channel:sftp("INIT", "REALPATH", "STAT", "LSTAT", "OPEN", "READ", "WRITE", "CLOSE")
      conn:sleep(0.04 * conn.deadline)
      if request then channel:write(request:reply()) end
    end
    conn:healthy()
  end,
}
