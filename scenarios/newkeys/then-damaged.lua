-- The first packet under the new keys is the first that can be wrong in a way that only its MAC tells.
return {
  about  = "Sends its first packet after NEWKEYS damaged: a wrong MAC, or a length that cannot be.",
  rfc    = "4253 6.4",
  cites  = {
    "https://github.com/PocketShell-io/pocketshell/issues/847",
    "https://github.com/AOSC-Dev/aosc-os-abbs/issues/1750",
  },
  engine = "crafted",
  kind   = "malformed",
  expect = { outcome = "failure", phase = { "kex", "newkeys", "service", "auth" } },
  variants = {
    { name = "mac",          spoil_mac = true },
    { name = "length-huge", packet_length = 0xffffffff },
    { name = "length-zero",  packet_length = 0 },
  },

  serve = function(conn, v)
    conn:upto("service")
    conn:packet({ "IGNORE", data = "x" }, { spoil_mac = v.spoil_mac, packet_length = v.packet_length })
    conn:hold()
  end,
}
