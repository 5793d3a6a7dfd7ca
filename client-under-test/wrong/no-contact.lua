-- Wrong on purpose: after one timeout a server is never asked again, and timeouts are made up.
return {
  name     = "wrong/no-contact",
  kind     = "driver",
  argv     = { "{bin}/wrong", "driver", "--defect", "no-contact" },
  version  = { "{bin}/wrong", "--version" },
  deadline = "total",
}
