-- Wrong on purpose: every keepalive of the server's starts the timer again.
return {
  name     = "wrong/rearmed-by-keepalives",
  kind     = "driver",
  argv     = { "{bin}/wrong", "driver", "--defect", "rearmed-by-keepalives" },
  version  = { "{bin}/wrong", "--version" },
  deadline = "total",
}
