-- Wrong on purpose: leaves a thread behind at each timeout.
return {
  name     = "wrong/thread",
  kind     = "driver",
  argv     = { "{bin}/wrong", "driver", "--defect", "thread" },
  version  = { "{bin}/wrong", "--version" },
  deadline = "total",
}
