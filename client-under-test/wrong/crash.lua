-- Wrong on purpose: aborts when the deadline strikes after the identification.
return {
  name     = "wrong/crash",
  kind     = "driver",
  argv     = { "{bin}/wrong", "driver", "--defect", "crash" },
  version  = { "{bin}/wrong", "--version" },
  deadline = "total",
}
