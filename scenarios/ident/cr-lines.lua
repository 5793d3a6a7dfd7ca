-- A bulletin board and its modem: lines that end with CR alone. Who waits for LF sees one line that
-- grows for ever; who takes CR for an end sees line after line.
return {
  about  = "Sends text whose lines end with CR alone, a line each tenth of the deadline, without end.",
  rfc    = "4253 4.2",
  cites  = {
    "https://github.com/Eugeny/russh/issues/422",
  },
  expect = { outcome = { "timeout", "failure" }, phase = "ident" },
  kind   = "dribble",

  serve = function(conn)
    local sent = conn:send("S")
    while sent and conn:sleep(0.1 * conn.deadline) do
      sent = conn:send("tandby.... \r")
    end
  end,
}
