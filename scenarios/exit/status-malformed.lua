-- The status is a number of 32 bits; this one is shorter, or longer, or both a status and a signal.
return {
  about  = "Sends an exit-status or an exit-signal that is not well formed, then EOF and CLOSE.",
  rfc    = "4254 6.10",
  cites  = {
    "https://github.com/AOSC-Dev/aosc-os-abbs/issues/1750",
    "https://github.com/libssh2/libssh2/issues/1188",
  },
  engine = "crafted",
  kind   = "malformed",
  expect = { outcome = { "failure", "success" }, phase = { "data", "exit", "close", "disconnect" } },
  variants = {
    { name = "status-cut",  type = "exit-status", frame = { cut = 23 } },
    { name = "status-long", type = "exit-status", frame = { extra = "1234" } },
    { name = "signal-cut",  type = "exit-signal", frame = { cut = 21 } },
  },

  serve = function(conn, v)
    local channel = conn:upto("exit")
    if not channel then return end
    conn:packet({ "CHANNEL_REQUEST", type = v.type, want_reply = false }, v.frame)
    channel:close()
    conn:hold()
  end,
}
