-- MaxSessions is reached: an ordinary error that must not cost a slot.
return {
  about  = "Refuses to open a channel and keeps the connection open.",
  rfc    = "4254 5.1",
  cites  = {
    "https://github.com/wezterm/wezterm/issues/7014",
    "https://github.com/PocketShell-io/pocketshell/issues/2120",
  },
  expect = { outcome = "failure", phase = "channel" },

  serve = function(conn)
    conn:upto("channel")
    while conn:channel{ accept = false } do end
  end,
}
