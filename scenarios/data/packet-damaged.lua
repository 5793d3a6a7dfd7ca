-- The session has run well so far: the packet that is damaged is the one with the output.
return {
  about  = "Sends its output in a packet that is damaged: its MAC, its length, or its padding.",
  rfc    = "4253 6",
  cites  = {
    "https://github.com/PocketShell-io/pocketshell/issues/847",
    "https://github.com/AOSC-Dev/aosc-os-abbs/issues/1750",
  },
  engine = "crafted",
  kind   = "malformed",
  expect = { outcome = { "failure", "timeout" }, phase = { "data" } },
  variants = {
    { name = "mac",          spoil_mac = true },
    { name = "length-huge",  length = 0xffffffff },
    { name = "length-zero",  length = 0 },
    { name = "padding-none", padding = 0 },
    { name = "padding-all",  padding = 255 },
  },

  serve = function(conn, v)
    conn:upto("data")
    local text = { "CHANNEL_DATA", data = "output\n" }
    conn:packet(text, { spoil_mac = v.spoil_mac, packet_length = v.length, padding_length = v.padding })
    conn:hold()
  end,
}
