-- The bundled client as a driver: one process, many tasks at once, one absolute deadline for each.
return {
  name     = "sshexec",
  kind     = "driver",
  argv     = { "{bin}/sshexec", "driver" },
  version  = { "{bin}/sshexec", "--version" },
  dns      = true,
  deadline = "total",
  auth     = { "publickey", "password" },
}
