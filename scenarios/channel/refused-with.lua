-- The reason is a number of 32 bits and the text a string: neither has a limit that a client may rely on.
return {
  about  = "Refuses to open a channel, with a reason that is rare or unknown.",
  rfc    = "4254 5.1",
  cites  = {
    "https://github.com/wezterm/wezterm/issues/7014",
    "https://github.com/eneskirca/nodeterm/issues/460",
    "https://github.com/PocketShell-io/pocketshell/issues/2120",
  },
  engine = "crafted",
  kind   = "refusal",
  expect = { outcome = "failure", phase = { "channel" } },
  variants = {
    { name = "resource-shortage", code = 4, letters = 20 },
    { name = "unknown-reason",    code = 4294967294, letters = 0 },
    { name = "long-text",         code = 2, letters = 30000 },
  },

  serve = function(conn, v)
    conn:alter("CHANNEL_OPEN_FAILURE", { code = v.code, text = ("x"):rep(v.letters) })
    conn:channel{ accept = false }
    conn:hold()
  end,
}
