-- The client said how much it takes; this is more (RFC 4254 5.2 lets it be ignored).
return {
  about  = "Sends more output than the window of the client allows, then waits.",
  rfc    = "4254 5.2",
  cites  = {
    "http://putty.linux4all.homelinux.net/wishlist/ssh2-window-overrun.html",
    "https://github.com/paramiko/paramiko/issues/448",
  },
  engine = "crafted",
  kind   = "flood",
  expect = { outcome = { "timeout", "failure" }, phase = { "data" } },
  deadline_min = 0.5,

  serve = function(conn)
    local text = ("x"):rep(32768)
    conn:upto("data")
    for _ = 1, 96 do
      if not conn:packet{ "CHANNEL_DATA", data = text } then return end
    end
    conn:hold()
  end,
}
