-- Wrong on purpose: one task in ten comes back half a second late.
return {
  name     = "wrong/late-at-times",
  kind     = "driver",
  argv     = { "{bin}/wrong", "driver", "--defect", "late-at-times" },
  version  = { "{bin}/wrong", "--version" },
  deadline = "total",
}
