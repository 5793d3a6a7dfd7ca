-- The question is repeated rightly, but the record belongs to a name that nobody asked for.
return {
  about  = "Answers with the address of another name.",
  rfc    = "5452 6",
  expect = { outcome = { "failure", "timeout" }, phase = "dns" },
  kind   = "malformed",
  dns    = { answer = "other-name" },

  serve = function(conn)
    conn:healthy()
  end,
}
