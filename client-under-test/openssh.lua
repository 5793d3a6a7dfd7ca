-- OpenSSH's client. Its ConnectTimeout covers the TCP connection and the first part of the handshake; a
-- server that falls silent later is waited for without end. openssh.expect lists where.
return {
  name     = "openssh",
  kind     = "template",
  argv     = {
    "ssh", "-F", "none", "-p", "{port}", "-i", "{key}",
    "-o", "IdentitiesOnly=yes", "-o", "IdentityAgent=none", "-o", "BatchMode=yes",
    "-o", "StrictHostKeyChecking=yes", "-o", "UserKnownHostsFile={known_hosts}",
    "-o", "GlobalKnownHostsFile=/dev/null", "-o", "UpdateHostKeys=no",
    "-o", "ConnectTimeout={deadline_s_ceil}",
    "{user}@{host}", "{command}",
  },
  version  = { "ssh", "-V" },
  packages = { "openssh-client" },
  min_deadline = 1,
  deadline = "connect",
  auth     = { "publickey" },
  outcomes = {
    stderr = {
      { "timed out", "timeout" },
      { "Timeout", "timeout" },
    },
  },
}
