-- A host whose accept queue is full, or a firewall that drops SYNs: connect() itself hangs.
return {
  about  = "Never completes the TCP connection: its accept queue is full.",
  rfc    = "9293 3.5",
  cites  = {
    "https://github.com/paramiko/paramiko/pull/2560",
    "https://github.com/moul/sshportal/issues/56",
    "https://github.com/ronf/asyncssh/issues/411",
  },
  expect = { outcome = "timeout", phase = "tcp" },
  kind   = "silence",
  listen = { backlog = 0 },
}
