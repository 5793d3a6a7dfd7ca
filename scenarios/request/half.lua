-- One message short of the command's start.
return {
  about  = "Sends the first 20 bytes of its answer to the request to run a command and falls silent.",
  rfc    = "4253 6, 4254 6.5",
  cites  = {
    "https://github.com/mscdex/ssh2-streams/issues/60",
  },
  expect = { outcome = "timeout", phase = "request" },
  kind   = "partial",

  serve = function(conn)
    local channel = conn:upto("request")
    if channel and channel:request() then
      conn:cut(20)
      channel:accept()
    end
    conn:hold()
  end,
}
