-- Wrong on purpose: the connection is kept when no channel is to be had.
return {
  name     = "wrong/fd-on-no-channel",
  kind     = "driver",
  argv     = { "{bin}/wrong", "driver", "--defect", "fd-on-no-channel" },
  version  = { "{bin}/wrong", "--version" },
  deadline = "total",
}
