-- What is missing is the end of the last packet.
return {
  about  = "Sends output, EOF and exit-status, the first 20 bytes of CLOSE, and falls silent.",
  rfc    = "4253 6, 4254 5.3",
  cites  = {
    "https://github.com/mscdex/ssh2-streams/issues/60",
  },
  expect = { outcome = { "timeout", "success" }, phase = "close" },
  kind   = "partial",

  serve = function(conn)
    local channel = conn:upto("close")
    conn:sleep(0.05 * conn.deadline) -- the exit-status is to pass
    conn:cut(20)
    if channel then channel:close() end
    conn:hold()
  end,
}
