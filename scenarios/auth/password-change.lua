-- RFC 4252 8: a password that has expired is answered with a request for a new one, which nobody is there
-- to type.
return {
  about  = "Answers a password with the request to change it.",
  rfc    = "4252 8",
  cites  = {
    "https://github.com/TeraTermProject/teraterm/issues/105",
  },
  engine = "crafted",
  kind   = "order",
  expect = { outcome = { "timeout", "failure" }, phase = { "auth" } },

  serve = function(conn)
    conn:upto("auth")
    while true do
      local request = conn:expect("USERAUTH_REQUEST")
      if not request then return end
      if request.method == "password" then
        conn:packet{ "USERAUTH_PASSWD_CHANGEREQ", prompt = "Your password has expired." }
      else
        conn:packet{ "USERAUTH_FAILURE", methods = "password" }
      end
    end
  end,
}
