-- Wrong on purpose: never takes a task that timed out off its list.
return {
  name     = "wrong/task",
  kind     = "driver",
  argv     = { "{bin}/wrong", "driver", "--defect", "task" },
  version  = { "{bin}/wrong", "--version" },
  deadline = "total",
}
