-- The command runs on, and its caller has gone: the connection must go with him.
return {
  about  = "Starts the command, which never ends, and the task is cancelled long before its deadline.",
  rfc    = "4254 5.3",
  cites  = {
    "https://github.com/pkg/sftp/issues/42",
    "https://github.com/ansible/ansible/issues/82661",
  },
  expect = { outcome = "cancelled",
             phase = { "kexinit", "kex", "newkeys", "service", "auth", "channel", "request", "data" } },
  kind   = "silence",
  cancel = 0.5,

  serve = function(conn)
    local channel = conn:upto("data")
    if channel then channel:write("working") end
    conn:hold()
  end,
}
