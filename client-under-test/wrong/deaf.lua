-- Wrong on purpose: goes on when it is cancelled, until its deadline.
return {
  name     = "wrong/deaf",
  kind     = "driver",
  argv     = { "{bin}/wrong", "driver", "--defect", "deaf" },
  version  = { "{bin}/wrong", "--version" },
  deadline = "total",
}
