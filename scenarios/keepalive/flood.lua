-- A hundred questions at once: the answers must not be in the way of what is asked for.
return {
  about  = "Asks a hundred times for a sign of life, then is honest.",
  rfc    = "4254 4",
  cites  = {
    "https://github.com/golang/go/issues/79564",
  },
  engine = "crafted",
  kind   = "flood",
  expect = { outcome = { "success", "failure" },
             phase = { "data", "exit", "close", "disconnect", "keepalive" } },

  serve = function(conn)
    conn:upto("data")
    for _ = 1, 100 do
      if not conn:packet{ "GLOBAL_REQUEST", type = "keepalive@openssh.com" } then return end
    end
    conn:healthy()
  end,
}
