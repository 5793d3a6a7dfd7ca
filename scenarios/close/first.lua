-- CLOSE is the first thing that the channel says after the command was accepted: no output, no status.
return {
  about  = "Closes the channel as soon as the command runs.",
  rfc    = "4254 5.3",
  cites  = {
    "https://github.com/golang/go/issues/31401",
    "https://github.com/libssh2/libssh2/pull/458",
    "https://github.com/PowerShell/Win32-OpenSSH/issues/1334",
  },
  engine = "crafted",
  kind   = "ending",
  expect = { outcome = "failure", phase = { "data", "exit", "close", "disconnect" } },

  serve = function(conn)
    local channel = conn:upto("data")
    if channel then conn:packet{ "CHANNEL_CLOSE" } end
    conn:hold()
  end,
}
