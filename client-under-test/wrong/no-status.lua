-- Wrong on purpose: a command that ended without an exit status counts as a success.
return {
  name     = "wrong/no-status",
  kind     = "driver",
  argv     = { "{bin}/wrong", "driver", "--defect", "no-status" },
  version  = { "{bin}/wrong", "--version" },
  deadline = "total",
}
