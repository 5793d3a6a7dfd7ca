-- Wrong on purpose: waits for the exit status as long as it takes.
return {
  name     = "wrong/no-deadline-exit",
  kind     = "driver",
  argv     = { "{bin}/wrong", "driver", "--defect", "no-deadline-exit" },
  version  = { "{bin}/wrong", "--version" },
  deadline = "total",
}
