-- The control of all in this folder: a name, a DNS server, nothing wrong.
return {
  about  = "Answers the question for its name at once.",
  rfc    = "1035 4.1",
  expect = { outcome = "success" },
  dns    = {},

  serve = function(conn)
    conn:healthy()
  end,
}
