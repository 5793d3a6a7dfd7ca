-- The client has input for the command, and the server takes none of it, or a byte at a time.
return {
  about  = "Takes the command's standard input slowly or not at all: the window is 0, and grows by "
    .. "single bytes or never.",
  rfc    = "4254 5.2",
  cites  = {
    "https://github.com/iterate-ch/cyberduck/issues/12666",
    "https://github.com/mirage/awa-ssh/issues/77",
    "https://github.com/apache/mina-sshd/pull/251",
  },
  engine = "crafted",
  expect = { outcome = "timeout", phase = "data" },
  stdin_bytes = 131072,
  variants = {
    { name = "never", kind = "deaf" },
    { name = "byte-at-a-time", kind = "dribble", adjust = 1 },
  },

  serve = function(conn, v)
    conn:alter("CHANNEL_OPEN_CONFIRMATION", { window = 0 })
    local channel = conn:upto("data")
    while channel and v.adjust and channel:adjust(v.adjust) and conn:sleep(0.05) do end
    conn:hold()
  end,
}
