-- Wrong on purpose: what timed out goes on in the background, and would keep its connection when it succeeds.
return {
  name     = "wrong/abandoned",
  kind     = "driver",
  argv     = { "{bin}/wrong", "driver", "--defect", "abandoned" },
  version  = { "{bin}/wrong", "--version" },
  deadline = "total",
}
