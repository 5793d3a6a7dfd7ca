-- The window would take it; the largest packet that the client allows does not.
return {
  about  = "Sends output in one packet that is larger than the client allows, then waits.",
  rfc    = "4254 5.2",
  cites  = {
    "http://putty.linux4all.homelinux.net/wishlist/ssh2-window-overrun.html",
  },
  engine = "crafted",
  kind   = "malformed",
  expect = { outcome = { "timeout", "failure" }, phase = { "data" } },

  serve = function(conn)
    conn:upto("data")
    conn:packet{ "CHANNEL_DATA", data = ("x"):rep(100000) }
    conn:hold()
  end,
}
