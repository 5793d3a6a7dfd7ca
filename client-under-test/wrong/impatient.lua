-- Wrong on purpose: gives a server a quarter of the deadline to identify itself.
return {
  name     = "wrong/impatient",
  kind     = "driver",
  argv     = { "{bin}/wrong", "driver", "--defect", "impatient" },
  version  = { "{bin}/wrong", "--version" },
  deadline = "total",
}
