-- Wrong on purpose: 16 KiB are never freed after a timeout.
return {
  name     = "wrong/memory",
  kind     = "driver",
  argv     = { "{bin}/wrong", "driver", "--defect", "memory" },
  version  = { "{bin}/wrong", "--version" },
  deadline = "total",
}
