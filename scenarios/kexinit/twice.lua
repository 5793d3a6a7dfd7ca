-- After its KEXINIT a side may send no other until the exchange is over.
return {
  about  = "Sends its KEXINIT twice, then goes on as if it had sent one.",
  rfc    = "4253 7.1",
  cites  = {
    "https://github.com/golang/go/issues/18711",
    "https://github.com/golang/go/issues/15066",
  },
  engine = "crafted",
  kind   = "order",
  expect = { outcome = { "success", "failure" }, phase = { "kexinit", "kex", "newkeys" } },

  serve = function(conn)
    conn:again("KEXINIT")
    conn:healthy()
  end,
}
