-- A pooled connection whose peer went away without a word: the first thing that is asked of it, hours
-- later, is a channel.
return {
  about  = "Neither answers the request to open a channel nor reads anything more.",
  rfc    = "4254 5.1",
  cites  = {
    "https://github.com/fabric/fabric/issues/1384",
    "https://github.com/paramiko/paramiko/issues/439",
    "https://github.com/PocketShell-io/pocketshell/issues/358",
  },
  expect = { outcome = "timeout", phase = "channel" },
  kind   = "deaf",

  serve = function(conn)
    conn:upto("channel")
    conn:stop_reading()
    conn:hold()
  end,
}
