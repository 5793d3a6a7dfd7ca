-- Wrong on purpose: writes to a server that has gone, and dies of SIGPIPE.
return {
  name     = "wrong/sigpipe",
  kind     = "driver",
  argv     = { "{bin}/wrong", "driver", "--defect", "sigpipe" },
  version  = { "{bin}/wrong", "--version" },
  deadline = "total",
}
