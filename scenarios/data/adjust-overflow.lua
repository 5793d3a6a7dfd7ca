-- RFC 4254 5.2: a window of more than 2^32 - 1 bytes is no window.
return {
  about  = "Gives the client more window than a window can hold, twice.",
  rfc    = "4254 5.2",
  cites  = {
    "https://github.com/golang/go/issues/79564",
  },
  engine = "crafted",
  kind   = "malformed",
  expect = { outcome = { "success", "failure" }, phase = { "data", "exit", "close", "disconnect" } },

  serve = function(conn)
    local channel = conn:upto("data")
    if not channel then return end
    channel:adjust(4294967295)
    channel:adjust(4294967295)
    conn:healthy()
  end,
}
