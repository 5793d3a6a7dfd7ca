-- The output has begun for the server, and has not for the client.
return {
  about  = "Sends half of a packet of output and falls silent.",
  rfc    = "4253 6, 4254 5.2",
  cites  = {
    "https://github.com/mscdex/ssh2-streams/issues/60",
  },
  expect = { outcome = "timeout", phase = "data" },
  kind   = "partial",

  serve = function(conn)
    local channel = conn:upto("data")
    conn:sleep(0.05 * conn.deadline) -- the answer to the request is to pass
    conn:cut(200)
    if channel then channel:write(("x"):rep(4000)) end
    conn:hold()
  end,
}
