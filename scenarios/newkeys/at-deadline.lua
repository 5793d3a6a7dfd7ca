-- The key exchange ends in the instant in which the client gives up. Whichever comes first, the other
-- must find nothing to break: a session that came too late is closed, not forgotten.
return {
  about  = "Sends NEWKEYS within 20 ms of the client's deadline, and is honest from there on.",
  rfc    = "4253 7.3",
  cites  = {
    "https://github.com/bpg/terraform-provider-proxmox/pull/2924",
    "https://github.com/apache/mina-sshd/pull/242",
  },
  expect = { outcome = { "timeout", "success" },
             phase = { "newkeys", "service", "auth", "channel", "request", "data", "exit", "close" } },
  kind   = "silence",
  variants = {
    { name = "20-ms-before", ms = -20 },
    { name = "5-ms-before",  ms = -5 },
    { name = "1-ms-before",  ms = -1 },
    { name = "at-it",        ms = 0 },
    { name = "1-ms-after",   ms = 1 },
    { name = "5-ms-after",   ms = 5 },
    { name = "20-ms-after",  ms = 20 },
  },

  serve = function(conn, v)
    conn:upto("newkeys")
    conn:sleep(conn.deadline - conn.elapsed + v.ms / 1000)
    conn:healthy()
  end,
}
