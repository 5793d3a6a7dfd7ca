-- A server that saves itself the CLOSE.
return {
  about  = "Sends output, EOF and exit-status, then DISCONNECT instead of CLOSE.",
  rfc    = "4253 11.1, 4254 5.3",
  cites  = {
    "https://github.com/libssh2/libssh2/issues/407",
    "https://github.com/nforgeio/neonKUBE/issues/230",
  },
  expect = { outcome = { "success", "failure" }, phase = { "close", "disconnect" } },
  kind   = "ending",

  serve = function(conn)
    conn:upto("close")
    conn:sleep(0.05 * conn.deadline) -- the client is to read what came before the end
    conn:disconnect("Goodbye")
  end,
}
