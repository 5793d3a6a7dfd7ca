-- Wrong on purpose: a thread is left behind at each success.
return {
  name     = "wrong/thread-on-success",
  kind     = "driver",
  argv     = { "{bin}/wrong", "driver", "--defect", "thread-on-success" },
  version  = { "{bin}/wrong", "--version" },
  deadline = "total",
}
