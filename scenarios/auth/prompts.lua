-- RFC 4256 3.2: a server may ask as often as it likes. A client that answers for ever is kept for ever.
return {
  about  = "Asks one more question after each answer (keyboard-interactive), without end.",
  rfc    = "4256 3.2",
  cites  = {
    "https://github.com/apache/mina-sshd/issues/283",
    "https://github.com/net-ssh/net-ssh/issues/412",
  },
  engine = "crafted",
  kind   = "dribble",
  expect = { outcome = { "timeout", "failure" }, phase = { "auth" } },

  serve = function(conn)
    conn:intercept("USERAUTH_INFO_RESPONSE")
    conn:upto("auth")
    while true do
      local request = conn:expect("USERAUTH_REQUEST")
      if not request then return end
      if request.method ~= "keyboard-interactive" then
        conn:packet{ "USERAUTH_FAILURE", methods = "keyboard-interactive" }
      else
        repeat
          conn:packet{ "USERAUTH_INFO_REQUEST", prompts = 1, data = "\0\0\0\9Password:\0" }
        until not conn:expect("USERAUTH_INFO_RESPONSE")
      end
    end
  end,
}
