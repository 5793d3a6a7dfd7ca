-- Wrong on purpose: asks again and again a server that has closed, and calls it a timeout.
return {
  name     = "wrong/spin-on-fin",
  kind     = "driver",
  argv     = { "{bin}/wrong", "driver", "--defect", "spin-on-fin" },
  version  = { "{bin}/wrong", "--version" },
  deadline = "total",
}
