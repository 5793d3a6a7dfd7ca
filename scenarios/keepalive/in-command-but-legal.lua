-- sshd's ClientAliveInterval: whoever does not answer within the command is thrown out.
return {
  about  = "Asks for three signs of life while the command runs, and disconnects when one does not come.",
  rfc    = "4254 4",
  cites  = {
    "https://github.com/sshnet/SSH.NET/issues/709",
    "https://github.com/capistrano/sshkit/issues/483",
    "https://github.com/apache/mina-sshd/issues/709",
  },
  expect = { outcome = "success" },

  serve = function(conn)
    conn:upto("data")
    for _ = 1, 3 do
      local before, asked = conn.bytes_in, conn.elapsed
      conn:global_request("keepalive@openssh.com")
      repeat
        if not conn:sleep(0.02 * conn.deadline) then return end
      until conn.bytes_in > before or conn.elapsed > asked + 0.1 * conn.deadline
      if conn.bytes_in == before then return conn:disconnect("Timeout, client not responding") end
    end
    conn:healthy()
  end,
}
