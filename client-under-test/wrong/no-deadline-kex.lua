-- Wrong on purpose: waits for the key exchange as long as it takes.
return {
  name     = "wrong/no-deadline-kex",
  kind     = "driver",
  argv     = { "{bin}/wrong", "driver", "--defect", "no-deadline-kex" },
  version  = { "{bin}/wrong", "--version" },
  deadline = "total",
}
