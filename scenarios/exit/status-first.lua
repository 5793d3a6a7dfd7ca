-- Nothing says that the exit-status comes last. What comes after it is output all the same.
return {
  about  = "Sends the exit-status, then the output, EOF and CLOSE.",
  rfc    = "4254 6.10",
  cites  = {
    "https://github.com/mscdex/ssh2/issues/168",
    "https://github.com/PowerShell/Win32-OpenSSH/issues/1334",
  },
  expect = { outcome = "success" },

  serve = function(conn)
    local channel = conn:upto("data")
    if not channel then return end
    channel:exit_status(0)
    conn:sleep(0.1 * conn.deadline)
    channel:write(channel.answer)
    channel:eof()
    channel:close()
    conn:hold()
  end,
}
