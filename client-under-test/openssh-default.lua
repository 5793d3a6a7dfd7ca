-- OpenSSH's client with its own defaults about time: ConnectTimeout, "instead of using the default system TCP
-- timeout", is not set, and ServerAliveInterval is 0.
return {
  name     = "openssh-default",
  kind     = "template",
  argv     = {
    "ssh", "-F", "none", "-p", "{port}", "-i", "{key}",
    "-o", "IdentitiesOnly=yes", "-o", "IdentityAgent=none", "-o", "BatchMode=yes",
    "-o", "StrictHostKeyChecking=yes", "-o", "UserKnownHostsFile={known_hosts}",
    "-o", "GlobalKnownHostsFile=/dev/null", "-o", "UpdateHostKeys=no",
    "{user}@{host}", "{command}",
  },
  version  = { "ssh", "-V" },
  packages = { "openssh-client" },
  deadline = "none",
  auth     = { "publickey" },
}
