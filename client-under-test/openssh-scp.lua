-- OpenSSH's scp, which speaks SFTP since version 9.0: a file named like the command, which holds what the
-- command would print. ConnectTimeout is its ssh's; scp waits for answers as long as it takes.
return {
  name     = "openssh-scp",
  kind     = "template",
  argv     = {
    "sh", "-c", [[
      cd "$1" && name=$2 && from=$3 && shift 3 &&
      scp -q "$@" "$from:$name" "got $name" >&2 && cat "got $name"]],
    "scp", "{workdir}", "{command}", "{user}@{host}", "-F", "none", "-P", "{port}", "-i", "{key}",
    "-o", "IdentitiesOnly=yes", "-o", "IdentityAgent=none", "-o", "BatchMode=yes",
    "-o", "StrictHostKeyChecking=yes", "-o", "UserKnownHostsFile={known_hosts}",
    "-o", "GlobalKnownHostsFile=/dev/null", "-o", "UpdateHostKeys=no",
    "-o", "ConnectTimeout={deadline_s_ceil}",
  },
  version  = { "ssh", "-V" },
  packages = { "openssh-client" },
  min_deadline = 1,
  deadline = "connect",
  auth     = { "publickey" },
  scenarios = { "healthy/exec", "data/sftp-*" }, -- up to the subsystem it is ssh
  outcomes = {
    stderr = {
      { "timed out", "timeout" },
      { "Timeout", "timeout" },
    },
  },
}
