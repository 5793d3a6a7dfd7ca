-- Wrong on purpose: asks again and again instead of waiting.
return {
  name     = "wrong/spin",
  kind     = "driver",
  argv     = { "{bin}/wrong", "driver", "--defect", "spin" },
  version  = { "{bin}/wrong", "--version" },
  deadline = "total",
}
