-- The driver of fakesshd-driver(7), on AsyncSSH.
return {
  name         = "example",
  kind         = "driver",
  argv         = { "{data}/examples/driver.py" },
  version      = { "/usr/bin/python3", "-W", "ignore", "-c",
                   "import asyncssh; print('AsyncSSH', asyncssh.__version__)" },
  packages     = { "python3-asyncssh" },
  deadline     = "total",
  min_deadline = 1,
  grace        = 0.25,
  cost         = 20,
}
