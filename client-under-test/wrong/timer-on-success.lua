-- Wrong on purpose: the timer of a task that succeeded is never closed.
return {
  name     = "wrong/timer-on-success",
  kind     = "driver",
  argv     = { "{bin}/wrong", "driver", "--defect", "timer-on-success" },
  version  = { "{bin}/wrong", "--version" },
  deadline = "total",
}
