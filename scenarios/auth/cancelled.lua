-- A login that takes too long for the one who waits for it.
return {
  about  = "Never answers an authentication request, and the task is cancelled long before its deadline.",
  rfc    = "4252 5.1",
  cites  = {
    "https://github.com/subhra74/snowflake/issues/197",
  },
  expect = { outcome = "cancelled", phase = { "kexinit", "kex", "newkeys", "service", "auth" } },
  kind   = "silence",
  cancel = 0.5,

  serve = function(conn)
    conn:upto("auth")
    conn:hold()
  end,
}
