-- A resolver that is not running: the question comes back as "port unreachable".
return {
  about  = "Has nobody who would answer names, over UDP or TCP.",
  rfc    = "1122 3.2.2.1",
  expect = { outcome = { "failure", "timeout" }, phase = "dns" },
  kind   = "refusal",
  dns    = { answer = "closed" },

  serve = function(conn)
    conn:healthy()
  end,
}
