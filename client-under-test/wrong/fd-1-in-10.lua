-- Wrong on purpose: one timeout in ten keeps a descriptor.
return {
  name     = "wrong/fd-1-in-10",
  kind     = "driver",
  argv     = { "{bin}/wrong", "driver", "--defect", "fd-1-in-10" },
  version  = { "{bin}/wrong", "--version" },
  deadline = "total",
}
