-- RFC 4254 4: who wants a reply gets one; this server ends well only when it got all of them.
return {
  about  = "Asks three questions that want a reply, waits for each, then is honest.",
  rfc    = "4254 4",
  cites  = {
    "https://github.com/capistrano/sshkit/issues/483",
    "https://github.com/sshnet/SSH.NET/issues/709",
    "https://github.com/apache/mina-sshd/issues/709",
  },
  engine = "crafted",
  kind   = "legal",
  expect = { outcome = "success" },
  variants = {
    { name = "keepalive",  message = "GLOBAL_REQUEST", type = "keepalive@openssh.com",
      yes = "REQUEST_SUCCESS", no = "REQUEST_FAILURE" },
    { name = "unknown",    message = "GLOBAL_REQUEST", type = "nobody-has-this@example.com",
      yes = "REQUEST_SUCCESS", no = "REQUEST_FAILURE" },
    { name = "on-channel", message = "CHANNEL_REQUEST", type = "keepalive@openssh.com",
      yes = "CHANNEL_SUCCESS", no = "CHANNEL_FAILURE" },
  },

  serve = function(conn, v)
    conn:intercept("REQUEST_SUCCESS", "REQUEST_FAILURE", "CHANNEL_SUCCESS", "CHANNEL_FAILURE")
    conn:upto("data")
    for _ = 1, 3 do
      conn:packet{ v.message, type = v.type }
      local answered
      repeat
        answered = conn:expect(v.yes, 0.02) or conn:expect(v.no, 0.02)
      until answered or not conn:sleep(0)
      if not answered then return end
    end
    conn:healthy()
  end,
}
