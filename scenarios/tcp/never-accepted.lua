-- The kernel completes the handshake for a process that never calls accept(2): a stopped or
-- wedged sshd. The client believes that it is connected.
return {
  about  = "Lets the kernel complete the connection, and never accepts it.",
  rfc    = "9293 3.10.2",
  cites  = {
    "https://github.com/hashicorp/packer/issues/4988",
  },
  expect = { outcome = "timeout", phase = { "tcp", "ident" } },
  listen = { accept = false },
}
