-- A typing error, or a host that is gone. One such host among many has kept a whole run waiting.
return {
  about  = "Says that the name does not exist, or has no address.",
  rfc    = "1035 4.1.1",
  cites  = {
    "https://github.com/ParallelSSH/parallel-ssh/issues/207",
  },
  expect = { outcome = "failure", phase = "dns" },
  kind   = "refusal",
  variants = {
    { name = "nxdomain", dns = { answer = "nxdomain" } },
    { name = "no-address", dns = { answer = "empty" } },
  },

  serve = function(conn)
    conn:healthy()
  end,
}
