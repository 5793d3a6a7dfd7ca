-- How OpenSSH's servers change their keys (its file PROTOCOL, 2.5): a client that wants to learn them
-- asks for a proof. Keys that it can't learn are no reason to fail.
return {
  about    = "Announces its host keys after authentication; proves them when asked, or does not.",
  rfc      = "4254 4",
  cites    = { "https://github.com/apache/mina-sshd/issues/434",
               "https://github.com/hierynomus/sshj/issues/237" },
  engine   = "crafted",
  kind     = "legal",
  expect   = { outcome = "success" },
  variants = {
    { name = "proved",        says = "proof" },
    { name = "refused",       says = "failure" },
    { name = "wrong-proof",   says = "lie" },
    { name = "never-answered" },
  },

  serve = function(conn, v)
    local function proof(type, algorithm)
      local asked = string.pack(">s4s4s4", "hostkeys-prove-00@openssh.com", conn:session_id(),
        conn:hostkey(type))
      return string.pack(">s4", conn:sign(v.says == "lie" and asked .. "!" or asked, algorithm))
    end
    conn:upto("channel")
    conn:intercept("GLOBAL_REQUEST")
    conn:global_request("hostkeys-00@openssh.com",
      { want_reply = false, data = string.pack(">s4s4", conn:hostkey(), conn:hostkey("ssh-rsa")) })
    conn:upto("request")
    local asked = conn:expect("GLOBAL_REQUEST", 0.05)
    if asked and v.says == "failure" then
      conn:packet{ "REQUEST_FAILURE" }
    elseif asked and v.says then
      conn:packet{ "REQUEST_SUCCESS", data = proof("ssh-rsa", "rsa-sha2-512") }
    end
    conn:healthy()
  end,
}
