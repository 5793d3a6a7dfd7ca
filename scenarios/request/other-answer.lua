-- The command was asked for, and something else is said about it.
return {
  about  = "Answers the request for the command with a message that is no answer, and waits.",
  rfc    = "4254 5.4",
  cites  = {
    "https://github.com/go-git/go-git/issues/2159",
    "https://github.com/libssh2/libssh2/issues/671",
  },
  engine = "crafted",
  kind   = "order",
  expect = { outcome = { "timeout", "failure" }, phase = { "request", "data", "exit", "close" } },
  variants = {
    { name = "unimplemented", message = { "UNIMPLEMENTED", sequence = 6 } },
    { name = "other-channel", message = { "CHANNEL_SUCCESS", recipient = 77 } },
    { name = "global",        message = { "REQUEST_SUCCESS" } },
    { name = "adjust",        message = { "CHANNEL_WINDOW_ADJUST", bytes = 1 } },
    { name = "eof",           message = { "CHANNEL_EOF" } },
  },

  serve = function(conn, v)
    conn:upto("request")
    local request
    repeat
      request = conn:expect("CHANNEL_REQUEST")
    until not request or request.type == "exec"
    if request then conn:packet(v.message) end
    conn:hold()
  end,
}
