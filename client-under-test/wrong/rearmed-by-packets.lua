-- Wrong on purpose: every packet of output starts the timer again.
return {
  name     = "wrong/rearmed-by-packets",
  kind     = "driver",
  argv     = { "{bin}/wrong", "driver", "--defect", "rearmed-by-packets" },
  version  = { "{bin}/wrong", "--version" },
  deadline = "total",
}
