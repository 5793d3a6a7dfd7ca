-- The same program as its wrong brothers, without a defect: what they are to be compared with.
return {
  name     = "wrong/none",
  kind     = "driver",
  argv     = { "{bin}/wrong", "driver", "--defect", "none" },
  version  = { "{bin}/wrong", "--version" },
  deadline = "total",
  dns      = true,
}
