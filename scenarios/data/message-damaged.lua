-- The packet is whole and its MAC is right: the message inside lies.
return {
  about  = "Sends output whose length field is beyond the end of its message, or a message that ends"
    .. " too early.",
  rfc    = "4254 5.2",
  cites  = {
    "https://github.com/AOSC-Dev/aosc-os-abbs/issues/1750",
    "https://github.com/pkg/sftp/issues/308",
  },
  engine = "crafted",
  kind   = "malformed",
  expect = { outcome = { "failure", "timeout" }, phase = { "data" } },
  variants = {
    { name = "data-huge",      raw = "\94\0\0\0\0\255\255\255\255text" },
    { name = "data-cut",       raw = "\94\0\0" },
    { name = "extended-huge",  raw = "\95\0\0\0\0\0\0\0\1\255\255\255\255text" },
    { name = "request-cut",    raw = "\98\0\0\0\0\0\0\0\11exit-st" },
  },

  serve = function(conn, v)
    conn:upto("data")
    conn:packet{ raw = v.raw }
    conn:hold()
  end,
}
