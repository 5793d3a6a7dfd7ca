-- Wrong on purpose: every byte that comes in starts the timer again.
return {
  name     = "wrong/rearmed",
  kind     = "driver",
  argv     = { "{bin}/wrong", "driver", "--defect", "rearmed" },
  version  = { "{bin}/wrong", "--version" },
  deadline = "total",
}
