-- OpenSSH's client behind a ProxyCommand: ConnectTimeout covers what the child is silent about, up to the
-- identification string, and there is a child to end and to wait for.
return {
  name     = "openssh-proxy",
  kind     = "template",
  argv     = {
    "ssh", "-F", "none", "-p", "{port}", "-i", "{key}",
    "-o", "IdentitiesOnly=yes", "-o", "IdentityAgent=none", "-o", "BatchMode=yes",
    "-o", "StrictHostKeyChecking=yes", "-o", "UserKnownHostsFile={known_hosts}",
    "-o", "GlobalKnownHostsFile=/dev/null", "-o", "UpdateHostKeys=no",
    "-o", "ConnectTimeout={deadline_s_ceil}",
    "-o", "ProxyCommand={bin}/fakesshd connect %h:%p",
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
