-- Wrong on purpose: waits for the command's output as long as it takes.
return {
  name     = "wrong/no-deadline-data",
  kind     = "driver",
  argv     = { "{bin}/wrong", "driver", "--defect", "no-deadline-data" },
  version  = { "{bin}/wrong", "--version" },
  deadline = "total",
}
