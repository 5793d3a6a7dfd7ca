-- RFC 4253 9 lets either side exchange keys whenever it likes.
return {
  about  = "Exchanges keys after each piece of output, then ends well.",
  rfc    = "4253 9",
  cites  = {
    "https://github.com/phpseclib/phpseclib/issues/2050",
    "https://github.com/connectbot/cbssh/issues/231",
    "https://github.com/ronf/asyncssh/issues/662",
  },
  engine = "crafted",
  kind   = "legal",
  expect = { outcome = "success" },

  serve = function(conn)
    local channel = conn:upto("data")
    for _ = 1, 3 do
      if not channel or not channel:write("piece\n") or not conn:rekey() then return end
    end
    channel:write(channel.answer)
    conn:healthy()
  end,
}
