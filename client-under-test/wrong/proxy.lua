-- Wrong on purpose: reaches its server through a command, and never takes leave of it after a timeout.
return {
  name     = "wrong/proxy",
  kind     = "driver",
  argv     = { "{bin}/wrong", "driver", "--defect", "proxy" },
  version  = { "{bin}/wrong", "--version" },
  deadline = "total",
}
