-- The answer has begun, and bytes go on coming: a timer that each byte arms again never fires.
return {
  about  = "Accepts the subsystem sftp and sends one of its answers a byte each 50 ms, without end; to "
    .. "a command it prints so.",
  rfc    = "4254 6.5",
  cites  = {
    "https://github.com/mwiede/jsch/issues/836",
    "https://github.com/theophilusx/ssh2-sftp-client/issues/289",
  },
  expect = { outcome = "timeout", phase = "data" },
  variants = {
    { name = "version", at = { "INIT" }, head = "\0\0\x10\0\x02\0\0\0\3" }, -- 4 KiB of extensions
    { name = "read",    at = { "READ" } },
  },

  serve = function(conn, v)
    local channel = conn:upto("data")
    local request = channel and channel:sftp(table.unpack(v.at))
    local answer = v.head
    if request and not answer then -- DATA: id, 32 KiB
      answer = string.pack(">I4BI4I4", 32768 + 9, 103, request.id, 32768)
    end
    local sent, n = channel, 0
    while sent do
      n = n + 1
      sent = channel:write(answer and n <= #answer and answer:sub(n, n) or ".") and conn:sleep(0.05)
    end
  end,
}
