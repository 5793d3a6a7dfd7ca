-- The end of the command comes between the client's KEXINIT and the server's reply.
return {
  about  = "Ends the command while another key exchange is under way, then completes the exchange.",
  rfc    = "4253 7.1",
  cites  = {
    "https://github.com/paramiko/paramiko/issues/822",
    "https://github.com/golang/go/issues/18439",
  },
  engine = "crafted",
  kind   = "order",
  expect = { outcome = { "success", "failure", "timeout" },
             phase = { "data", "exit", "close", "disconnect", "rekey" } },

  serve = function(conn)
    local channel = conn:upto("data")
    if not channel then return end
    conn:intercept("KEX_ECDH_INIT")
    conn:rekey()
    if not conn:expect("KEX_ECDH_INIT") then return end
    conn:packet{ "CHANNEL_DATA", data = channel.answer }
    conn:packet{ "CHANNEL_EOF" }
    conn:packet{ "CHANNEL_REQUEST", type = "exit-status", want_reply = false, status = 0 }
    conn:packet{ "CHANNEL_CLOSE" }
    conn:hold()
  end,
}
