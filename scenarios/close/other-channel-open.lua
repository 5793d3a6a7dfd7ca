-- The session's channel is closed, and one that the server opened is not.
return {
  about  = "Opens a channel of its own and never answers its refusal; the command ends well.",
  rfc    = "4254 5.3",
  cites  = {
    "https://github.com/gravitational/teleport/issues/3784",
    "https://github.com/teemtee/tmt/issues/1023",
  },
  engine = "crafted",
  kind   = "legal",
  expect = { outcome = "success" },

  serve = function(conn)
    conn:upto("request")
    conn:packet{ "CHANNEL_OPEN", type = "auth-agent@openssh.com", sender = 9 }
    conn:healthy()
  end,
}
