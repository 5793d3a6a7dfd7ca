-- The first messages under the new keys say nothing, and keep coming.
return {
  about  = "Sends IGNORE each 50 ms and never accepts the service.",
  rfc    = "4253 10, 4253 11.2",
  cites  = {
    "https://github.com/devsy-org/devsy/pull/1254",
    "https://github.com/mscdex/ssh2/issues/1040",
  },
  expect = { outcome = "timeout", phase = "service" },

  serve = function(conn)
    conn:upto("service")
    while conn:sleep(0.05) do conn:ignore("patience") end -- libssh's EXT_INFO goes first, as it must
  end,
}
