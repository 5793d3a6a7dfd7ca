-- Wrong on purpose: ends its helper process at a timeout, and never collects it.
return {
  name     = "wrong/zombie",
  kind     = "driver",
  argv     = { "{bin}/wrong", "driver", "--defect", "zombie" },
  version  = { "{bin}/wrong", "--version" },
  deadline = "total",
}
