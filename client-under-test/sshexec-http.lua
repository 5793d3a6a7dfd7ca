-- The bundled client's HTTP service: one process, each task a request. The adapter lies beside this file.
return {
  name     = "sshexec-http",
  kind     = "driver",
  argv     = { "{data}/client-under-test/sshexec-http.py", "{bin}/sshexec" },
  version  = { "{bin}/sshexec", "--version" },
  dns      = true,
  deadline = "total",
  auth     = { "password" },
}
