-- An answer under another id answers no question of the client's. Who takes it takes a forger's.
return {
  about  = "Answers with the right address under a wrong id.",
  rfc    = "5452 9.1",
  expect = { outcome = { "timeout", "failure" }, phase = "dns" },
  dns    = { answer = "wrong-id" },

  serve = function(conn)
    conn:healthy()
  end,
}
