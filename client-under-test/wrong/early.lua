-- Wrong on purpose: gives up at half of the deadline.
return {
  name     = "wrong/early",
  kind     = "driver",
  argv     = { "{bin}/wrong", "driver", "--defect", "early" },
  version  = { "{bin}/wrong", "--version" },
  deadline = "total",
}
