-- Banners are progress to an idle timer, and to nobody else.
return {
  about  = "Sends a banner each 50 ms and never answers an authentication request.",
  rfc    = "4252 5.4",
  cites  = {
    "https://github.com/tmds/Tmds.Ssh/pull/497",
  },
  expect = { outcome = { "timeout", "failure" }, phase = "auth" },

  serve = function(conn)
    conn:upto("auth")
    repeat conn:banner("Please wait.\r\n") until not conn:sleep(0.05)
  end,
}
