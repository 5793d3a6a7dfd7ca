-- Wrong on purpose: waits for the TCP connection as long as it takes.
return {
  name     = "wrong/no-deadline-tcp",
  kind     = "driver",
  argv     = { "{bin}/wrong", "driver", "--defect", "no-deadline-tcp" },
  version  = { "{bin}/wrong", "--version" },
  deadline = "total",
}
