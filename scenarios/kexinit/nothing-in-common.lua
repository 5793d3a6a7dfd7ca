-- Nobody can go on from here, and whoever notices first says so: a client that waits for the server to do
-- it may wait for ever.
return {
  about  = "Offers only algorithms that no client has, and keeps the connection open.",
  rfc    = "4253 7.1",
  cites  = {
    "https://github.com/hashicorp/packer/issues/11371",
    "https://github.com/rh-ecosystem-edge/eco-gotests/pull/1610",
  },
  engine = "crafted",
  kind   = "refusal",
  expect = { outcome = "failure", phase = { "kexinit", "kex" } },
  variants = {
    { name = "kex",     list = "kex" },
    { name = "hostkey", list = "hostkey" },
    { name = "cipher",  list = "cipher" },
    { name = "mac",     list = "mac" },
  },

  serve = function(conn, v)
    conn:offer{ cipher = v.list == "mac" and "aes128-ctr" or nil, [v.list] = "nobody-has-this@example.com" }
    conn:intercept("KEXINIT")
    conn:upto("kex")
    conn:hold()
  end,
}
