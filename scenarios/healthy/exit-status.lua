-- A status other than 0 is an answer, not a failure; a client that loses it says that all went well.
return {
  about  = "Is an honest server whose command ends with status 7.",
  rfc    = "4254 6.10",
  cites  = { "https://github.com/ronf/asyncssh/issues/591" },
  expect = { outcome = "success" },

  serve = function(conn)
    local channel = conn:upto("data")
    if not channel then return end
    channel:write(channel.answer)
    channel:exit_status(7)
    channel:eof()
    channel:close()
    conn:hold()
  end,
}
