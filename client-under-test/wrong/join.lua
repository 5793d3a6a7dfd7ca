-- Wrong on purpose: waits, after the timeout, for a thread that never ends.
return {
  name     = "wrong/join",
  kind     = "driver",
  argv     = { "{bin}/wrong", "driver", "--defect", "join" },
  version  = { "{bin}/wrong", "--version" },
  deadline = "total",
}
