-- Paramiko with every timeout that its manual has, each as long as the deadline. Of SSHClient.connect:
--   timeout         the TCP connection (and, by the code, the key exchange)
--   banner_timeout  "to wait for the SSH banner to be presented"
--   auth_timeout    "to wait for an authentication response"
-- And of exec_command:
--   timeout  "set command's channel timeout. See Channel.settimeout": each read and write (and, by the code,
--            the opening of the channel)
-- No option covers the answer to the exec request and recv_exit_status(), and none all of it.
return {
  name     = "paramiko-timeouts",
  kind     = "driver",
  argv     = { "/usr/bin/python3", "-B", "{data}/client-under-test/python/paramiko_driver.py", "timeouts" },
  version  = { "/usr/bin/python3", "-c", "import paramiko; print(paramiko.__version__)" },
  packages = { "python3-paramiko" },
  deadline = "handshake",
  grace    = 0.25,
  cost     = 20,
  drain    = 22, -- a transport's thread goes on for up to 16 s after close()
  auth     = { "publickey" },
}
