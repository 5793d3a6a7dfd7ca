-- Right after the login the server stalls, and nobody wants to wait for the deadline.
return {
  about  = "Never answers the request to open a channel, and the task is cancelled long before its deadline.",
  rfc    = "4254 5.1",
  cites  = {
    "https://github.com/golang/go/issues/26643",
  },
  expect = { outcome = "cancelled", phase = { "kexinit", "kex", "newkeys", "service", "auth", "channel" } },
  kind   = "silence",
  cancel = 0.5,

  serve = function(conn)
    conn:upto("channel")
    conn:hold()
  end,
}
