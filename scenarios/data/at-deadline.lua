-- The result and the deadline meet: whoever is told of one must not also be told of the other, and what
-- the loser holds is given back.
return {
  about  = "Sends output, status and CLOSE within 20 ms of the client's deadline.",
  rfc    = "4254 6.10",
  cites  = {
    "https://github.com/bpg/terraform-provider-proxmox/pull/2924",
    "https://github.com/apache/mina-sshd/pull/242",
  },
  expect = { outcome = { "timeout", "success" }, phase = { "data", "exit", "close" } },
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
    conn:upto("data")
    conn:sleep(conn.deadline - conn.elapsed + v.ms / 1000)
    conn:healthy()
  end,
}
