-- A window of 0 that opens late, and then a little at a time: back-pressure, not a fault.
return {
  about  = "Takes the command's standard input late and in pieces, then ends well.",
  rfc    = "4254 5.2",
  cites  = {
    "https://github.com/phpseclib/phpseclib/issues/1521",
    "https://github.com/apache/mina-sshd/pull/9",
    "https://github.com/mirage/awa-ssh/issues/77",
  },
  engine = "crafted",
  kind   = "legal",
  expect = { outcome = "success" },
  stdin_bytes = 131072,

  serve = function(conn)
    conn:alter("CHANNEL_OPEN_CONFIRMATION", { window = 0 })
    local channel = conn:upto("data")
    if not channel or not conn:sleep(0.2 * conn.deadline) then return end
    while channel.stdin_bytes < 131072 and not channel.stdin_eof do
      if not channel:adjust(16384) or not conn:sleep(0.01 * conn.deadline) then return end
    end
    conn:healthy()
  end,
}
