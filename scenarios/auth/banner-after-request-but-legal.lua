-- RFC 4252 5.4: a banner may come at any time before the success.
return {
  about  = "Sends a banner between the authentication request and its answer.",
  rfc    = "4252 5.4",
  cites  = {
    "https://github.com/libssh2/libssh2/pull/1742",
  },
  engine = "crafted",
  kind   = "legal",
  expect = { outcome = "success" },

  serve = function(conn)
    conn:upto("auth")
    local request = conn:expect("USERAUTH_REQUEST")
    while request do
      conn:banner("Authorised use only.\r\n")
      if request.method == "password" or request.method == "publickey" and request.signed then break end
      if request.method == "publickey" then
        conn:packet{ "USERAUTH_PK_OK", algorithm = request.algorithm, blob = request.blob }
      else
        conn:packet{ "USERAUTH_FAILURE" }
      end
      request = conn:expect("USERAUTH_REQUEST")
    end
    conn:packet{ "USERAUTH_SUCCESS" }
    conn:healthy()
  end,
}
