-- Wrong on purpose: a connection that is made after the timeout belongs to nobody, and is kept.
return {
  name     = "wrong/late-success",
  kind     = "driver",
  argv     = { "{bin}/wrong", "driver", "--defect", "late-success" },
  version  = { "{bin}/wrong", "--version" },
  deadline = "total",
}
