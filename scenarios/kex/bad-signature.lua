-- A key exchange that fails is an error path that is seldom tested for what it leaves behind.
return {
  about  = "Damages its key exchange reply on the way.",
  rfc    = "4253 8",
  cites  = {
    "https://github.com/czerwonk/junos_exporter/issues/170",
    "https://github.com/rh-ecosystem-edge/eco-gotests/pull/1610",
  },
  expect = { outcome = "failure", phase = { "kex", "newkeys", "service" } },

  serve = function(conn)
    conn:upto("kex")
    conn:flip(160)
    conn:upto("service")
    conn:hold()
  end,
}
