-- Wrong on purpose: the output of what timed out is kept for ever.
return {
  name     = "wrong/output-kept",
  kind     = "driver",
  argv     = { "{bin}/wrong", "driver", "--defect", "output-kept" },
  version  = { "{bin}/wrong", "--version" },
  deadline = "total",
}
