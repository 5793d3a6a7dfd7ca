-- RFC 4254 5.4 orders requests and their replies, not replies and data.
return {
  about  = "Sends the output before it says that the command was accepted.",
  rfc    = "4254 6.5",
  cites  = {
    "https://github.com/libssh2/libssh2/issues/671",
  },
  engine = "crafted",
  kind   = "legal",
  expect = { outcome = { "success" }, phase = { "request" } },

  serve = function(conn)
    conn:hold_before("CHANNEL_SUCCESS")
    local channel = conn:upto("request")
    local request = channel and channel:request()
    while request and request.type ~= "exec" do
      channel:accept()
      request = channel:request()
    end
    if not request then return end
    local output = request.command:match("%S+$") .. "\n"
    conn:open_gates()
    conn:packet{ "CHANNEL_DATA", data = output }
    channel:accept()
    conn:packet{ "CHANNEL_EOF" }
    channel:exit_status(0)
    channel:close()
    conn:healthy()
  end,
}
