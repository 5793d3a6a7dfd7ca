-- PHP's extension ssh2 with both timeouts that PHP has:
--   default_socket_timeout  whole seconds; "default timeout (in seconds) for socket based streams", which
--                           ssh2_connect() gives to the TCP connection
--   stream_set_timeout()    "sets the timeout value on stream": each read of the command's output; the
--                           deadline
-- Neither covers the handshake, authentication, the channel and the exec request. libssh2 1.10.0 counts what
-- has passed in whole seconds: a timeout may end a second too soon.
return {
  name     = "php-ssh2-timeouts",
  kind     = "driver",
  argv     = {
    "/usr/bin/php", "-d", "display_errors=stderr", "{data}/client-under-test/php/ssh2_driver.php", "timeouts",
    "{workdir}",
  },
  version  = {
    "/usr/bin/php", "-r", "extension_loaded('ssh2') || exit(1); echo phpversion('ssh2');",
  },
  packages = { "php-cli", "php-ssh2" },
  min_deadline = 2,
  deadline = "connect",
  grace    = 0.25,
  cost     = 15,
  auth     = { "publickey" },
}
