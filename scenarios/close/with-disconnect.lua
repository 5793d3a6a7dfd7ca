-- Everything at once: the output, the status, CLOSE and DISCONNECT are in one segment.
return {
  about  = "Sends output, exit-status, CLOSE and DISCONNECT in one piece.",
  rfc    = "4253 11.1",
  cites  = {
    "https://github.com/warp-tech/warpgate/pull/2584",
  },
  engine = "crafted",
  kind   = "legal",
  expect = { outcome = { "success", "failure" }, phase = { "data", "exit", "close", "disconnect" } },

  serve = function(conn)
    conn:hold_before("CHANNEL_DATA")
    local channel = conn:upto("data")
    if not channel then return end
    channel:write(channel.answer)
    channel:eof()
    channel:exit_status(0)
    channel:close()
    conn:packet{ "DISCONNECT", text = "that was all" }
    conn:open_gates()
    conn:hold()
  end,
}
