-- A device that greets at once and then makes up its mind: the timer that the greeting satisfied
-- must leave time for the identification string.
return {
  about  = "Greets with a line, pauses for 0.4 of the deadline, and is an honest server from there on.",
  rfc    = "4253 4.2",
  cites  = {
    "https://github.com/ktbyers/netmiko/issues/1204",
    "https://github.com/microsoft/vscode-remote-release/issues/7504",
  },
  expect = { outcome = "success" },

  serve = function(conn)
    conn:ident{ lines = { "Please stand by." }, every = 0.4 * conn.deadline }
    conn:healthy()
  end,
}
