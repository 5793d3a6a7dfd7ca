-- A status that was half sent is none.
return {
  about  = "Sends the output and EOF, the first 20 bytes of the exit-status, and falls silent.",
  rfc    = "4253 6, 4254 6.10",
  cites  = {
    "https://github.com/mscdex/ssh2-streams/issues/60",
  },
  expect = { outcome = "timeout", phase = "exit" },
  kind   = "partial",

  serve = function(conn)
    local channel = conn:upto("exit")
    conn:sleep(0.05 * conn.deadline) -- EOF is to pass
    conn:cut(20)
    if channel then channel:exit_status(0) end
    conn:hold()
  end,
}
