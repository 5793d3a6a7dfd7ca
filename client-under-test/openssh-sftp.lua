-- OpenSSH's sftp, a file transfer in place of a command: `get` of a file named like the command, which holds
-- what the command would print. sftp has no deadline of its own; openssh-sftp.expect lists what follows.
return {
  name     = "openssh-sftp",
  kind     = "template",
  argv     = {
    "sh", "-c", [[
      cd "$1" && name=$2 && shift 2 &&
      printf 'get "%s" "got %s"\n' "$name" "$name" | sftp -q -b - "$@" >&2 && cat "got $name"]],
    "sftp", "{workdir}", "{command}", "-F", "none", "-P", "{port}", "-i", "{key}",
    "-o", "IdentitiesOnly=yes", "-o", "IdentityAgent=none", "-o", "BatchMode=yes",
    "-o", "StrictHostKeyChecking=yes", "-o", "UserKnownHostsFile={known_hosts}",
    "-o", "GlobalKnownHostsFile=/dev/null", "-o", "UpdateHostKeys=no",
    "-o", "ConnectTimeout={deadline_s_ceil}",
    "{user}@{host}",
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
