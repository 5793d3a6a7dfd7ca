-- Wrong on purpose: the timer of a timeout that struck is never closed.
return {
  name     = "wrong/timer",
  kind     = "driver",
  argv     = { "{bin}/wrong", "driver", "--defect", "timer" },
  version  = { "{bin}/wrong", "--version" },
  deadline = "total",
}
