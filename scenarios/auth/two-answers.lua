-- One request, a refusal and a success: the second belongs to nothing, or to the next request.
return {
  about  = "Answers an authentication request twice: first with a refusal, then with a success.",
  rfc    = "4252 5.1",
  cites  = {
    "https://github.com/CESNET/libnetconf2/pull/69",
  },
  engine = "crafted",
  kind   = "order",
  expect = { outcome = { "success", "failure", "timeout" }, phase = { "auth", "channel" } },

  serve = function(conn)
    conn:upto("auth")
    conn:expect("USERAUTH_REQUEST")
    conn:packet{ "USERAUTH_FAILURE" }
    conn:packet{ "USERAUTH_SUCCESS" }
    conn:healthy()
  end,
}
