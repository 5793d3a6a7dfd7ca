-- Exactly as much as the client allows, then its adjustment is waited for: whoever never gives more never
-- gets the end.
return {
  about  = "Fills the window of the client, waits for more, then ends well.",
  rfc    = "4254 5.2",
  cites  = {
    "https://github.com/libssh2/libssh2/pull/108",
    "https://github.com/rubencaro/sshex/issues/4",
    "https://github.com/erlang/otp/issues/7483",
  },
  engine = "crafted",
  kind   = "legal",
  expect = { outcome = "success" },
  deadline_min = 0.5,

  serve = function(conn)
    conn:intercept("CHANNEL_WINDOW_ADJUST")
    conn:upto("channel")
    local open = conn:expect("CHANNEL_OPEN")
    if not open then return end
    conn:packet{ "CHANNEL_OPEN_CONFIRMATION", recipient = open.sender }
    local channel = conn:upto("data")
    if not channel then return end
    local left, most = open.window, math.min(open.max_packet, 32768)
    while left > 0 do
      local size = math.min(left, most)
      if not conn:packet{ "CHANNEL_DATA", data = ("x"):rep(size) } then return end
      left = left - size
      if left == 0 or conn.bytes_out > 4194304 then break end
    end
    if left > 0 or conn:expect("CHANNEL_WINDOW_ADJUST") then
      conn:packet{ "CHANNEL_DATA", data = "\n" .. channel.answer }
      channel:eof()
      channel:exit_status(0)
      conn:healthy()
    end
  end,
}
