-- A server that counts bytes in kilobytes. Each exchange is legal, and the output waits for none of them
-- longer than it must.
return {
  about  = "Begins another key exchange three times while the command prints, and ends well.",
  rfc    = "4253 9",
  cites  = {
    "https://github.com/golang/go/issues/11992",
    "https://github.com/phpseclib/phpseclib/issues/2050",
  },
  engine = "crafted",
  expect = { outcome = "success" },

  serve = function(conn)
    local channel = conn:upto("data")
    if not channel then return end
    for _ = 1, 3 do
      channel:write(("r"):rep(4096))
      conn:rekey()
      repeat
        if not conn:sleep(0.02 * conn.deadline) then return end
      until conn.phase ~= "rekey"
    end
    channel:write(channel.answer)
    conn:healthy()
  end,
}
