-- What ends the connection need not be well formed to be meant.
return {
  about  = "Sends a DISCONNECT that is cut short or has a text without end.",
  rfc    = "4253 11.1",
  cites  = {
    "https://github.com/libssh2/libssh2/issues/102",
    "https://github.com/AOSC-Dev/aosc-os-abbs/issues/1750",
  },
  engine = "crafted",
  kind   = "malformed",
  expect = { outcome = { "failure", "timeout" }, phase = { "data", "disconnect" } },
  variants = {
    { name = "number-alone", cut = 1 },
    { name = "no-text",      cut = 5 },
    { name = "text-cut",     cut = 10 },
  },

  serve = function(conn, v)
    conn:upto("data")
    conn:packet({ "DISCONNECT", text = "bye" }, { cut = v.cut, extra = v.extra })
    conn:hold()
  end,
}
