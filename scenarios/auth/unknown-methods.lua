-- A list of names that nobody has: not all of them end, and one has 30,000 letters.
return {
  about  = "Offers only authentication methods that no client knows.",
  rfc    = "4252 5.1",
  cites  = {
    "https://github.com/fabric/fabric/pull/2359",
  },
  engine = "crafted",
  kind   = "refusal",
  expect = { outcome = { "failure" }, phase = { "auth" } },
  variants = {
    { name = "one",  letters = 0 },
    { name = "long", letters = 30000 },
  },

  serve = function(conn, v)
    conn:upto("auth")
    while conn:expect("USERAUTH_REQUEST") do
      conn:packet{ "USERAUTH_FAILURE", methods = "nobody-has-this@example.com," .. ("x"):rep(v.letters) }
    end
  end,
}
