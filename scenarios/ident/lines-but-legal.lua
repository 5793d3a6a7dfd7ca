-- A greeting in front of the identification string is legal; clients must read past it.
return {
  about  = "Sends a few lines, slowly, then its identification string, and is honest from there on.",
  rfc    = "4253 4.2",
  cites  = {
    "https://github.com/libssh2/libssh2/issues/538",
    "https://github.com/apple/swift-nio-ssh/issues/74",
  },
  expect = { outcome = "success" },

  serve = function(conn)
    conn:ident{ lines = { "Welcome.", "", "Please wait." }, every = 0.1 * conn.deadline }
    conn:healthy()
  end,
}
