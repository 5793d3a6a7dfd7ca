-- Wrong on purpose: leaves a helper process behind at each success.
return {
  name     = "wrong/child-on-success",
  kind     = "driver",
  argv     = { "{bin}/wrong", "driver", "--defect", "child-on-success" },
  version  = { "{bin}/wrong", "--version" },
  deadline = "total",
}
