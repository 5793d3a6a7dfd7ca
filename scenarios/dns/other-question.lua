-- The id is right, the question in the answer is another one. It is to be discarded.
return {
  about  = "Answers another question than was asked, under the right id.",
  rfc    = "5452 9.1",
  expect = { outcome = { "timeout", "failure" }, phase = "dns" },
  kind   = "malformed",
  dns    = { answer = "other-question" },

  serve = function(conn)
    conn:healthy()
  end,
}
