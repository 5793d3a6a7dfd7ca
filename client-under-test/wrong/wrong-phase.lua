-- Wrong on purpose: says of every timeout that TCP was at fault.
return {
  name     = "wrong/wrong-phase",
  kind     = "driver",
  argv     = { "{bin}/wrong", "driver", "--defect", "wrong-phase" },
  version  = { "{bin}/wrong", "--version" },
  deadline = "total",
}
