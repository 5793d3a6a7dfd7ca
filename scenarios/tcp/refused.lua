-- The simplest failure: many a client has leaked a thread or a descriptor on it.
return {
  about  = "Refuses the connection (RST to the SYN).",
  rfc    = "9293 3.5.2",
  cites  = {
    "https://github.com/hierynomus/sshj/issues/154",
    "https://github.com/net-ssh/net-ssh/issues/526",
  },
  expect = { outcome = "failure", phase = "tcp" },
  listen = { refuse = true },
}
