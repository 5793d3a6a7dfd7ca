-- Wrong on purpose: waits for the answer to its request as long as it takes.
return {
  name     = "wrong/no-deadline-request",
  kind     = "driver",
  argv     = { "{bin}/wrong", "driver", "--defect", "no-deadline-request" },
  version  = { "{bin}/wrong", "--version" },
  deadline = "total",
}
