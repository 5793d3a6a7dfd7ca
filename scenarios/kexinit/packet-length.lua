-- Whoever allocates what the length says, or waits for it, is lost before the first key.
return {
  about  = "Sends its KEXINIT in a packet whose length cannot be.",
  rfc    = "4253 6.1",
  cites  = {
    "https://github.com/paramiko/paramiko/issues/2626",
    "https://github.com/AOSC-Dev/aosc-os-abbs/issues/1750",
  },
  engine = "crafted",
  kind   = "malformed",
  expect = { outcome = "failure", phase = { "kexinit", "kex" } },
  variants = {
    { name = "huge",        packet_length = 0xffffffff },
    { name = "zero",         packet_length = 0 },
    { name = "long-padding", padding_length = 255, packet_length = 12 },
  },

  serve = function(conn, v)
    conn:withhold("KEXINIT")
    conn:upto("kexinit")
    conn:open_gates()
    conn:packet({ "KEXINIT" }, { packet_length = v.packet_length, padding_length = v.padding_length })
    conn:hold()
  end,
}
