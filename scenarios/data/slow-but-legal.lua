-- Output may come slowly and still come to an end.
return {
  about  = "Prints its output one byte at a time, over 0.4 of the deadline.",
  rfc    = "4254 5.2",
  cites  = {
    "https://github.com/ytti/oxidized/issues/883",
  },
  expect = { outcome = "success" },

  serve = function(conn)
    local channel = conn:upto("data")
    if not channel then return end
    local output = channel.answer
    for i = 1, #output do
      if not channel:write(output:sub(i, i)) then return end
      if not conn:sleep(0.4 * conn.deadline / #output) then return end
    end
    conn:healthy()
  end,
}
