-- The connection ends with the channel, in the same segment: what came before it is the answer.
return {
  about  = "Sends output, exit-status, CLOSE and FIN in one piece.",
  rfc    = "4254 5.3",
  cites  = {
    "https://github.com/warp-tech/warpgate/pull/2584",
    "https://github.com/sshuttle/sshuttle/issues/494",
  },
  engine = "crafted",
  kind   = "fin",
  expect = { outcome = "success" },

  serve = function(conn)
    conn:hold_before("CHANNEL_DATA")
    local channel = conn:upto("data")
    if not channel then return end
    channel:write(channel.answer)
    channel:eof()
    channel:exit_status(0)
    channel:close()
    conn:open_gates()
    conn:finish()
  end,
}
