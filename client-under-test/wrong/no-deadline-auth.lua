-- Wrong on purpose: waits for the answer to its login as long as it takes.
return {
  name     = "wrong/no-deadline-auth",
  kind     = "driver",
  argv     = { "{bin}/wrong", "driver", "--defect", "no-deadline-auth" },
  version  = { "{bin}/wrong", "--version" },
  deadline = "total",
}
