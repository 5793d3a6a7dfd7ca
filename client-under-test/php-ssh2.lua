-- PHP's extension ssh2, around libssh2, as in the manual's examples: ssh2_connect(), ssh2_exec(), and reading
-- to the end. ssh2_connect() has no argument for a timeout; default_socket_timeout is 60 s. A process for
-- each task.
return {
  name     = "php-ssh2",
  kind     = "driver",
  argv     = {
    "/usr/bin/php", "-d", "display_errors=stderr", "{data}/client-under-test/php/ssh2_driver.php", "default",
    "{workdir}",
  },
  version  = {
    "/usr/bin/php", "-r", "extension_loaded('ssh2') || exit(1); echo phpversion('ssh2');",
  },
  packages = { "php-cli", "php-ssh2" },
  deadline = "none",
  grace    = 0.25,
  cost     = 15,
  auth     = { "publickey" },
}
