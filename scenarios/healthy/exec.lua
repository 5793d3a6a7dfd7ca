-- The control: a client that fails here is not being judged but misconfigured.
return {
  about  = "Is an honest server: authenticates, runs the command, sends its output and its status.",
  rfc    = "4254 6.5",
  expect = { outcome = "success" },

  serve = function(conn)
    conn:healthy()
  end,
}
