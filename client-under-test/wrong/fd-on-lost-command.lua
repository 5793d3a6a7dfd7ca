-- Wrong on purpose: the socket is kept when the server leaves in the middle of the output.
return {
  name     = "wrong/fd-on-lost-command",
  kind     = "driver",
  argv     = { "{bin}/wrong", "driver", "--defect", "fd-on-lost-command" },
  version  = { "{bin}/wrong", "--version" },
  deadline = "total",
}
