-- Lines may come before the identification string, and nothing says how many: the trick of
-- tarpits. A line is a good excuse to re-arm a timer.
return {
  about  = "Sends line after line, slowly or as fast as it can, and never its identification string.",
  rfc    = "4253 4.2",
  cites  = {
    "https://github.com/skeeto/endlessh/issues/48",
    "https://github.com/phpseclib/phpseclib/pull/634",
  },
  expect = { outcome = { "timeout", "failure" }, phase = "ident" },
  kind   = "dribble",
  variants = {
    { name = "each-second",       every = 1 },
    { name = "tenth-of-deadline", every_deadline = 0.1 },
    { name = "on-edge",           every_deadline = 0.9 },
    { name = "without-pause",     kind = "flood" },
  },

  serve = function(conn, v)
    if v.kind == "flood" then return conn:flood("0123abcd\r\n") end
    local every = v.every or v.every_deadline * conn.deadline
    repeat
      local sent = conn:send(("%08x\r\n"):format(math.random(0, 0x7fffffff)))
    until not sent or not conn:sleep(every)
  end,
}
