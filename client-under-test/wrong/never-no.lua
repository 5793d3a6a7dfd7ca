-- Wrong on purpose: asks to log in until the deadline, however often it is refused.
return {
  name     = "wrong/never-no",
  kind     = "driver",
  argv     = { "{bin}/wrong", "driver", "--defect", "never-no" },
  version  = { "{bin}/wrong", "--version" },
  deadline = "total",
}
