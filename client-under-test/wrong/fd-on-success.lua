-- Wrong on purpose: a descriptor is kept after each success.
return {
  name     = "wrong/fd-on-success",
  kind     = "driver",
  argv     = { "{bin}/wrong", "driver", "--defect", "fd-on-success" },
  version  = { "{bin}/wrong", "--version" },
  deadline = "total",
}
