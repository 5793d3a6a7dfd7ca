-- AsyncSSH without a timeout of its own, and asyncio.wait_for() around everything: the connection, the
-- command and the close. What it cancels has to let itself be cancelled.
return {
  name     = "asyncssh-wait-for",
  kind     = "driver",
  argv     = { "/usr/bin/python3", "-B", "{data}/client-under-test/python/asyncssh_driver.py", "wait-for" },
  version  = { "/usr/bin/python3", "-W", "ignore", "-c", "import asyncssh; print(asyncssh.__version__)" },
  packages = { "python3-asyncssh" },
  deadline = "total",
  grace    = 0.25,
  cost     = 10,
  auth     = { "publickey" },
}
