-- Wrong on purpose: one task in a hundred has no deadline.
return {
  name     = "wrong/hang-1-in-100",
  kind     = "driver",
  argv     = { "{bin}/wrong", "driver", "--defect", "hang-1-in-100" },
  version  = { "{bin}/wrong", "--version" },
  deadline = "total",
}
