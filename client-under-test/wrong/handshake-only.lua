-- Wrong on purpose: the deadline is taken back when the login is done.
return {
  name     = "wrong/handshake-only",
  kind     = "driver",
  argv     = { "{bin}/wrong", "driver", "--defect", "handshake-only" },
  version  = { "{bin}/wrong", "--version" },
  deadline = "handshake",
}
