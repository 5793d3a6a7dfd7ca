-- Wrong on purpose: waits for the server to close its side as long as it takes.
return {
  name     = "wrong/no-deadline-close",
  kind     = "driver",
  argv     = { "{bin}/wrong", "driver", "--defect", "no-deadline-close" },
  version  = { "{bin}/wrong", "--version" },
  deadline = "total",
}
