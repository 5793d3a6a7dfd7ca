-- A key exchange inside a session has no connect timeout to save it.
return {
  about  = "Begins another key exchange while the command runs, and stops there.",
  rfc    = "4253 9",
  cites  = {
    "https://github.com/ronf/asyncssh/issues/725",
    "https://github.com/proftpd/proftpd/issues/1853",
  },
  expect = { outcome = "timeout", phase = { "rekey", "data" } },

  serve = function(conn)
    local channel = conn:upto("data")
    if channel then channel:write("working") end
    conn:rekey()
    conn:stop_reading()
    conn:hold()
  end,
}
