-- Wrong on purpose: waits, when it is cancelled, for the server to agree.
return {
  name     = "wrong/polite",
  kind     = "driver",
  argv     = { "{bin}/wrong", "driver", "--defect", "polite" },
  version  = { "{bin}/wrong", "--version" },
  deadline = "total",
}
