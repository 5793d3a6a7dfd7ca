-- Wrong on purpose: waits for the answer to its service request as long as it takes.
return {
  name     = "wrong/no-deadline-service",
  kind     = "driver",
  argv     = { "{bin}/wrong", "driver", "--defect", "no-deadline-service" },
  version  = { "{bin}/wrong", "--version" },
  deadline = "total",
}
