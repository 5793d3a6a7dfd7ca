-- Wrong on purpose: waits for new keys in the middle of a session as long as it takes.
return {
  name     = "wrong/no-deadline-rekey",
  kind     = "driver",
  argv     = { "{bin}/wrong", "driver", "--defect", "no-deadline-rekey" },
  version  = { "{bin}/wrong", "--version" },
  deadline = "total",
}
