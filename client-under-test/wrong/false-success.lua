-- Wrong on purpose: once logged in, every task is called a success, even if its command never ran.
return {
  name     = "wrong/false-success",
  kind     = "driver",
  argv     = { "{bin}/wrong", "driver", "--defect", "false-success" },
  version  = { "{bin}/wrong", "--version" },
  deadline = "total",
}
