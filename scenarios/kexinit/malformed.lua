-- The lists of names are strings inside a packet whose own length is right: both have to be looked at.
return {
  about  = "Sends a KEXINIT that is no KEXINIT: cut short, with too long a list, or empty.",
  rfc    = "4253 7.1",
  cites  = {
    "https://github.com/paramiko/paramiko/issues/2626",
    "https://github.com/AOSC-Dev/aosc-os-abbs/issues/1750",
  },
  engine = "crafted",
  kind   = "malformed",
  expect = { outcome = "failure", phase = { "kexinit", "kex" } },
  variants = {
    { name = "cut-in-cookie", cut = 10 },
    { name = "cut-in-list",   cut = 30 },
    { name = "huge-list", raw = "\20" .. ("c"):rep(16) .. "\255\255\255\255name" },
  },

  serve = function(conn, v)
    conn:withhold("KEXINIT")
    conn:upto("kexinit")
    conn:open_gates()
    if v.raw then
      conn:packet{ raw = v.raw }
    else
      conn:packet({ "KEXINIT" }, { cut = v.cut, extra = v.extra })
    end
    conn:hold()
  end,
}
