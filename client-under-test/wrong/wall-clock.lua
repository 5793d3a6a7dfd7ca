-- Wrong on purpose: keeps its deadline by the time of day, which is set back by a second meanwhile.
return {
  name     = "wrong/wall-clock",
  kind     = "driver",
  argv     = { "{bin}/wrong", "driver", "--defect", "wall-clock" },
  version  = { "{bin}/wrong", "--version" },
  deadline = "total",
}
