-- Refused, and yet there is output and a status: which of them is the answer?
return {
  about  = "Refuses the command, then sends its output and its status all the same.",
  rfc    = "4254 5.4",
  cites  = {
    "https://github.com/sshnet/SSH.NET/pull/182",
    "https://github.com/sshnet/SSH.NET/issues/255",
  },
  engine = "crafted",
  kind   = "order",
  expect = { outcome = { "failure" }, phase = { "request", "data", "exit", "close", "disconnect" } },

  serve = function(conn)
    local channel = conn:upto("request")
    local request = channel and channel:request()
    while request and request.type ~= "exec" do
      channel:accept()
      request = channel:request()
    end
    if not request then return end
    channel:refuse()
    conn:packet{ "CHANNEL_DATA", data = "output\n" }
    conn:packet{ "CHANNEL_REQUEST", type = "exit-status", want_reply = false, status = 0 }
    conn:packet{ "CHANNEL_CLOSE" }
    conn:hold()
  end,
}
