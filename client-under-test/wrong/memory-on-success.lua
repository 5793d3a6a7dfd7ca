-- Wrong on purpose: 16 KiB are never freed after a success.
return {
  name     = "wrong/memory-on-success",
  kind     = "driver",
  argv     = { "{bin}/wrong", "driver", "--defect", "memory-on-success" },
  version  = { "{bin}/wrong", "--version" },
  deadline = "total",
}
