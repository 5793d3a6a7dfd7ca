-- The second success answers nothing.
return {
  about  = "Says twice that the authentication succeeded.",
  rfc    = "4252 5.1",
  cites  = {
    "https://github.com/CESNET/libnetconf2/pull/69",
  },
  engine = "crafted",
  kind   = "order",
  expect = { outcome = { "success", "failure" }, phase = { "auth", "channel" } },

  serve = function(conn)
    conn:again("USERAUTH_SUCCESS")
    conn:healthy()
  end,
}
