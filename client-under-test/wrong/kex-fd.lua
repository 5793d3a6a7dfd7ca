-- Wrong on purpose: a copy of the descriptor is kept when anything before authentication fails.
return {
  name     = "wrong/kex-fd",
  kind     = "driver",
  argv     = { "{bin}/wrong", "driver", "--defect", "kex-fd" },
  version  = { "{bin}/wrong", "--version" },
  deadline = "total",
}
