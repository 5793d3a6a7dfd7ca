-- Paramiko as a newcomer uses it: connect(timeout=...) and nothing else. "timeout - an optional timeout (in
-- seconds) for the TCP connect", says the manual; the code also gives it to the key exchange. Banner and
-- authentication have defaults of 15 s and 30 s, a channel one of an hour, and the command none.
return {
  name     = "paramiko",
  kind     = "driver",
  argv     = { "/usr/bin/python3", "-B", "{data}/client-under-test/python/paramiko_driver.py", "default" },
  version  = { "/usr/bin/python3", "-c", "import paramiko; print(paramiko.__version__)" },
  packages = { "python3-paramiko" },
  deadline = "connect",
  grace    = 0.25,
  cost     = 20,
  drain    = 22, -- a transport's thread goes on for up to 16 s after close()
  auth     = { "publickey" },
}
