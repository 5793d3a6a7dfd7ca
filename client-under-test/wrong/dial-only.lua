-- Wrong on purpose: the timeout covers the TCP connect only.
return {
  name     = "wrong/dial-only",
  kind     = "driver",
  argv     = { "{bin}/wrong", "driver", "--defect", "dial-only" },
  version  = { "{bin}/wrong", "--version" },
  deadline = "connect",
}
