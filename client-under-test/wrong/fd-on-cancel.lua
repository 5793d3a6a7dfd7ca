-- Wrong on purpose: the connection is kept when the task is cancelled.
return {
  name     = "wrong/fd-on-cancel",
  kind     = "driver",
  argv     = { "{bin}/wrong", "driver", "--defect", "fd-on-cancel" },
  version  = { "{bin}/wrong", "--version" },
  deadline = "total",
}
