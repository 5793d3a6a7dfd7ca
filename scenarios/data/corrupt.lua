-- A damaged packet under encryption: the message authentication code no longer fits.
return {
  about  = "Damages its output on the way.",
  rfc    = "4253 6.4",
  cites  = {
    "https://github.com/PocketShell-io/pocketshell/issues/847",
  },
  expect = { outcome = "failure", phase = "data" },

  serve = function(conn)
    local channel = conn:upto("data")
    conn:flip(20)
    if channel then channel:write(("x"):rep(200)) end
    conn:hold()
  end,
}
