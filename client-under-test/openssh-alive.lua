-- OpenSSH's client with every option about time that ssh_config(5) has: ConnectTimeout, "used both for
-- establishing the connection and for performing the initial SSH protocol handshake and key exchange",
-- and ServerAliveInterval with ServerAliveCountMax: "if the server becomes unresponsive, ssh will disconnect
-- after approximately" their product. In the login that product is the limit for each read.
return {
  name     = "openssh-alive",
  kind     = "template",
  argv     = {
    "ssh", "-F", "none", "-p", "{port}", "-i", "{key}",
    "-o", "IdentitiesOnly=yes", "-o", "IdentityAgent=none", "-o", "BatchMode=yes",
    "-o", "StrictHostKeyChecking=yes", "-o", "UserKnownHostsFile={known_hosts}",
    "-o", "GlobalKnownHostsFile=/dev/null", "-o", "UpdateHostKeys=no",
    "-o", "ConnectTimeout={deadline_s_ceil}", "-o", "ConnectionAttempts=1",
    "-o", "ServerAliveInterval=1", "-o", "ServerAliveCountMax={deadline_s_ceil}",
    "{user}@{host}", "{command}",
  },
  version  = { "ssh", "-V" },
  packages = { "openssh-client" },
  min_deadline = 1,
  deadline = "handshake",
  auth     = { "publickey" },
  outcomes = {
    stderr = {
      { "timed out", "timeout" },
      { "Timeout", "timeout" },
    },
  },
}
