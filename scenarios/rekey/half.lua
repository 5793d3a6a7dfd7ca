-- Old keys, new keys, and half a packet between them.
return {
  about  = "Begins another key exchange while the command runs and stops in the middle of its KEXINIT.",
  rfc    = "4253 9, 4253 6",
  cites  = {
    "https://github.com/mscdex/ssh2-streams/issues/60",
    "https://github.com/mscdex/ssh2/issues/882",
  },
  expect = { outcome = "timeout", phase = { "rekey", "data" } },
  kind   = "partial",

  serve = function(conn)
    local channel = conn:upto("data")
    if channel then channel:write("working") end
    conn:sleep(0.05 * conn.deadline) -- the output is to pass
    conn:cut(200)
    conn:rekey()
    conn:hold()
  end,
}
