-- Wrong on purpose: the socket is kept when the server leaves before it has said who it is.
return {
  name     = "wrong/fd-on-cut",
  kind     = "driver",
  argv     = { "{bin}/wrong", "driver", "--defect", "fd-on-cut" },
  version  = { "{bin}/wrong", "--version" },
  deadline = "total",
}
