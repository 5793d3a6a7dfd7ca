-- One byte just before an idle timer would strike, each time: a wait that begins anew with it never
-- ends, and never looks idle.
return {
  about  = "Prints one byte each 0.9 of the deadline, without end.",
  rfc    = "4254 5.2",
  cites  = {
    "https://github.com/ytti/oxidized/issues/908",
    "https://github.com/mwiede/jsch/issues/836",
  },
  expect = { outcome = "timeout", phase = "data" },
  kind   = "dribble",

  serve = function(conn)
    local channel = conn:upto("data")
    while channel and conn:sleep(0.9 * conn.deadline) and channel:write(".") do end
  end,
}
