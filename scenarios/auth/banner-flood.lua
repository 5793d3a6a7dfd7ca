-- Whoever keeps what the server says fills its memory; whoever resets a timer for it waits for ever.
return {
  about  = "Sends two hundred banners of 512 bytes a second and never answers.",
  rfc    = "4252 5.4",
  cites  = {
    "https://github.com/tmds/Tmds.Ssh/pull/497",
    "https://github.com/libssh2/libssh2/pull/274",
  },
  expect = { outcome = { "timeout", "failure" }, phase = "auth" },
  kind   = "flood",

  serve = function(conn)
    conn:upto("auth")
    local text = ("Beware! "):rep(64)
    repeat
      local sent = conn:banner(text)
    until not sent or not conn:sleep(0.005)
  end,
}
