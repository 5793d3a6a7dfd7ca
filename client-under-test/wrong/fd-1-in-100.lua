-- Wrong on purpose: one timeout in a hundred keeps a descriptor.
return {
  name     = "wrong/fd-1-in-100",
  kind     = "driver",
  argv     = { "{bin}/wrong", "driver", "--defect", "fd-1-in-100" },
  version  = { "{bin}/wrong", "--version" },
  deadline = "total",
}
