-- A client that loses a byte, or stops at its window, fails here.
return {
  about  = "Prints a quarter of a megabyte and ends well.",
  rfc    = "4254 5.2",
  cites  = {
    "https://github.com/libssh2/libssh2/pull/108",
  },
  expect = { outcome = "success" },
  deadline_min = 1,

  serve = function(conn)
    local channel = conn:upto("data")
    if not channel then return end
    local line = ("0123456789abcde\n"):rep(64)
    for _ = 1, 256 do
      if not channel:write(line) then return end
    end
    channel:write(channel.answer)
    conn:healthy()
  end,
}
