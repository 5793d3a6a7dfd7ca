-- Wrong on purpose: writes the command's input as long as it takes.
return {
  name     = "wrong/blocking-write",
  kind     = "driver",
  argv     = { "{bin}/wrong", "driver", "--defect", "blocking-write" },
  version  = { "{bin}/wrong", "--version" },
  deadline = "total",
}
