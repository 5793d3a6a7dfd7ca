-- Wrong on purpose: leaves a helper process behind at each timeout.
return {
  name     = "wrong/child",
  kind     = "driver",
  argv     = { "{bin}/wrong", "driver", "--defect", "child" },
  version  = { "{bin}/wrong", "--version" },
  deadline = "total",
}
