-- The client's input still waits for a window that will never grow: the channel is closed under it.
return {
  about  = "Gives no window for standard input, and ends the command well.",
  rfc    = "4254 5.3",
  cites  = {
    "https://github.com/VoltiusApp/voltius/pull/276",
    "https://github.com/fabric/fabric/issues/2351",
  },
  engine = "crafted",
  kind   = "legal",
  expect = { outcome = "success" },
  stdin_bytes = 131072,

  serve = function(conn)
    conn:alter("CHANNEL_OPEN_CONFIRMATION", { window = 0 })
    conn:healthy()
  end,
}
