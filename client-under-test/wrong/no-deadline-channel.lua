-- Wrong on purpose: waits for its channel as long as it takes.
return {
  name     = "wrong/no-deadline-channel",
  kind     = "driver",
  argv     = { "{bin}/wrong", "driver", "--defect", "no-deadline-channel" },
  version  = { "{bin}/wrong", "--version" },
  deadline = "total",
}
