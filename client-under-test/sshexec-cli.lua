-- The bundled client as a command: one process for each task.
return {
  name     = "sshexec-cli",
  kind     = "template",
  argv     = {
    "{bin}/sshexec", "--deadline", "{deadline_ms}ms", "-i", "{key}", "--hostkey", "{hostkey}",
    "-l", "{user}", "-p", "{port}", "--dns", "{dns}", "{host}", "--", "{command}",
  },
  version  = { "{bin}/sshexec", "--version" },
  deadline = "total",
  auth     = { "publickey", "password" },
  outcomes = {
    exit   = { [124] = "timeout", [255] = "failure" },
    stderr = {
      { "^sshexec: timeout after", "timeout" },
      { "^sshexec: failure", "failure" },
    },
  },
}
