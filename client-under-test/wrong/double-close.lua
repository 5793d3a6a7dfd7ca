-- Wrong on purpose: closes its descriptor once more when its number is another task's already.
return {
  name     = "wrong/double-close",
  kind     = "driver",
  argv     = { "{bin}/wrong", "driver", "--defect", "double-close" },
  version  = { "{bin}/wrong", "--version" },
  deadline = "total",
}
