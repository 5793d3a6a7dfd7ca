-- A command that prints nothing: the status and CLOSE come at once.
return {
  about  = "Runs a command that prints nothing: exit-status, EOF, CLOSE in one go.",
  rfc    = "4254 5.3",
  cites  = {
    "https://github.com/ParallelSSH/parallel-ssh/issues/37",
    "https://github.com/PowerShell/Win32-OpenSSH/issues/1334",
  },
  engine = "crafted",
  kind   = "legal",
  expect = { outcome = { "success", "failure" }, phase = { "data", "exit", "close", "disconnect" } },

  serve = function(conn)
    local channel = conn:upto("data")
    if not channel then return end
    conn:packet{ "CHANNEL_REQUEST", type = "exit-status", want_reply = false, status = 0 }
    channel:eof()
    channel:close()
    conn:healthy()
  end,
}
