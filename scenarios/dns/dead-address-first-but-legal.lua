-- A host with two addresses of which one is down: whoever tries only the first one can't reach it at
-- all, and whoever waits for the kernel to give up on it has no time left for the other.
return {
  about  = "Answers with two addresses, and listens at the second one only.",
  rfc    = "8305 5",
  kind   = "legal",
  expect = { outcome = "success" },
  dns    = { answer = "dead-first" },

  serve = function(conn)
    conn:healthy()
  end,
}
