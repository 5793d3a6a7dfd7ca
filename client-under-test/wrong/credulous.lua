-- Wrong on purpose: takes any answer for the one to its question.
return {
  name     = "wrong/credulous",
  kind     = "driver",
  argv     = { "{bin}/wrong", "driver", "--defect", "credulous" },
  version  = { "{bin}/wrong", "--version" },
  deadline = "total",
  dns      = true,
}
