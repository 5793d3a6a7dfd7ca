-- Two statuses, and only one command.
return {
  about  = "Sends the exit-status twice.",
  rfc    = "4254 6.10",
  cites  = {
    "https://github.com/ronf/asyncssh/issues/591",
  },
  engine = "crafted",
  kind   = "order",
  expect = { outcome = { "success", "failure" }, phase = { "data", "exit", "close", "disconnect" } },

  serve = function(conn)
    conn:again("CHANNEL_REQUEST")
    conn:healthy()
  end,
}
