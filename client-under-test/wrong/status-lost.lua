-- Wrong on purpose: the exit status is always told as 0.
return {
  name     = "wrong/status-lost",
  kind     = "driver",
  argv     = { "{bin}/wrong", "driver", "--defect", "status-lost" },
  version  = { "{bin}/wrong", "--version" },
  deadline = "total",
}
