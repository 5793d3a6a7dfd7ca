-- Wrong on purpose: the connection is kept when the host key is none.
return {
  name     = "wrong/fd-on-hostkey",
  kind     = "driver",
  argv     = { "{bin}/wrong", "driver", "--defect", "fd-on-hostkey" },
  version  = { "{bin}/wrong", "--version" },
  deadline = "total",
}
