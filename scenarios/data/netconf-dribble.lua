-- The message goes on and on, and its end never comes.
return {
  about  = "Accepts the subsystem netconf and sends its hello, or its first reply, a byte each 50 ms, "
    .. "without end; a command that is run instead prints so.",
  rfc    = "6242 4.3",
  cites  = {
    "https://github.com/Juniper/go-netconf/issues/59",
    "https://github.com/ncclient/ncclient/issues/47",
  },
  kind   = "dribble",
  expect = { outcome = "timeout", phase = "data" },
  variants = {
    { name = "hello", at = "hello" },
    { name = "reply", at = "rpc" },
  },

  serve = function(conn, v)
    local channel = conn:upto("data")
    local request = channel and channel:netconf(v.at)
    local bytes = request and request:reply():sub(1, 120) or ""
    local sent, n = channel, 0
    while sent do
      n = n + 1
      sent = channel:write(n <= #bytes and bytes:sub(n, n) or " ") and conn:sleep(0.05)
    end
  end,
}
