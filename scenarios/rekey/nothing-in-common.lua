-- The first exchange agreed on something; the second can agree on nothing.
return {
  about  = "Begins another key exchange while the command runs, and offers nothing that the client has.",
  rfc    = "4253 9",
  cites  = {
    "https://github.com/Eugeny/russh/issues/563",
  },
  engine = "crafted",
  kind   = "refusal",
  expect = { outcome = { "failure" }, phase = { "rekey", "data", "disconnect" } },

  serve = function(conn)
    conn:upto("data")
    conn:offer{ kex = "nobody-has-this@example.com" }
    conn:rekey()
    conn:hold()
  end,
}
