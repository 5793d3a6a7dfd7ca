-- Wrong on purpose: waits for its host's name as long as it takes.
return {
  name     = "wrong/lookup",
  kind     = "driver",
  argv     = { "{bin}/wrong", "driver", "--defect", "lookup" },
  version  = { "{bin}/wrong", "--version" },
  deadline = "total",
  dns      = true,
}
