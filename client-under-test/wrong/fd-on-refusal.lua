-- Wrong on purpose: the socket is kept when the connection is refused.
return {
  name     = "wrong/fd-on-refusal",
  kind     = "driver",
  argv     = { "{bin}/wrong", "driver", "--defect", "fd-on-refusal" },
  version  = { "{bin}/wrong", "--version" },
  deadline = "total",
}
