-- The command was neither accepted nor refused: the channel is gone.
return {
  about  = "Answers the request for the command with CLOSE.",
  rfc    = "4254 5.4",
  cites  = {
    "https://github.com/net-ssh/net-ssh/issues/610",
    "https://github.com/golang/go/issues/79763",
  },
  engine = "crafted",
  kind   = "ending",
  expect = { outcome = "failure", phase = { "request", "data", "exit", "close", "disconnect" } },

  serve = function(conn)
    local channel = conn:upto("request")
    if channel and channel:request() then
      conn:packet{ "CHANNEL_CLOSE", recipient = channel.peer }
    end
    conn:hold()
  end,
}
