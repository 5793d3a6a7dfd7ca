-- Wrong on purpose: the connection is kept when the command is refused.
return {
  name     = "wrong/fd-on-no-command",
  kind     = "driver",
  argv     = { "{bin}/wrong", "driver", "--defect", "fd-on-no-command" },
  version  = { "{bin}/wrong", "--version" },
  deadline = "total",
}
