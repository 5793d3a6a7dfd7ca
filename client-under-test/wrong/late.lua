-- Wrong on purpose: comes back a second after the deadline.
return {
  name     = "wrong/late",
  kind     = "driver",
  argv     = { "{bin}/wrong", "driver", "--defect", "late" },
  version  = { "{bin}/wrong", "--version" },
  deadline = "total",
}
