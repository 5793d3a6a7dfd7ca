-- Wrong on purpose: the connection is kept when the login is denied.
return {
  name     = "wrong/fd-on-denied",
  kind     = "driver",
  argv     = { "{bin}/wrong", "driver", "--defect", "fd-on-denied" },
  version  = { "{bin}/wrong", "--version" },
  deadline = "total",
}
