-- RFC 4254 6.10 says that want_reply is false here; a server that asks all the same gets CHANNEL_FAILURE
-- or nothing.
return {
  about  = "Sends an exit-status that wants a reply, and does not wait for it.",
  rfc    = "4254 6.10",
  cites  = {
    "https://documentation.help/PuTTY/config-ssh-bug-winadj.html",
  },
  engine = "crafted",
  kind   = "legal",
  expect = { outcome = "success" },

  serve = function(conn)
    local channel = conn:upto("exit")
    if not channel then return end
    conn:packet{ "CHANNEL_REQUEST", type = "exit-status", want_reply = true, status = 0 }
    channel:close()
    conn:healthy()
  end,
}
