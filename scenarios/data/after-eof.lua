-- RFC 4254 5.3: after EOF comes no more data.
return {
  about  = "Sends output after its EOF, then the status and CLOSE.",
  rfc    = "4254 5.3",
  cites  = {
    "https://github.com/golang/go/issues/81317",
  },
  engine = "crafted",
  kind   = "order",
  expect = { outcome = { "success", "failure" }, phase = { "data", "exit", "close", "disconnect" } },

  serve = function(conn)
    local channel = conn:upto("exit")
    if not channel then return end
    conn:packet{ "CHANNEL_DATA", data = "more\n" }
    conn:healthy()
  end,
}
