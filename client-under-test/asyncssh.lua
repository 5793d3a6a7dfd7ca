-- AsyncSSH with every timeout that it has, each as long as the deadline. From its manual, of connect():
--   connect_timeout     "the time to establish the TCP connection and the time to perform the initial SSH
--                       protocol handshake, key exchange, and authentication"
--   login_timeout       "maximum time in seconds allowed for authentication to complete"
--   keepalive_interval  a server that answers no keepalives is left; here after four intervals
--                       (keepalive_count_max) of a quarter of the deadline each
-- And of run():
--   timeout  "to wait for process to exit", once it has begun
-- Nothing covers the opening of the channel, the answer to the exec request, and the closing of the
-- connection.
return {
  name     = "asyncssh",
  kind     = "driver",
  argv     = { "/usr/bin/python3", "-B", "{data}/client-under-test/python/asyncssh_driver.py", "options" },
  version  = { "/usr/bin/python3", "-W", "ignore", "-c", "import asyncssh; print(asyncssh.__version__)" },
  packages = { "python3-asyncssh" },
  deadline = "handshake",
  grace    = 0.25,
  cost     = 10,
  auth     = { "publickey" },
}
