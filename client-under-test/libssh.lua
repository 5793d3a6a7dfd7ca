-- libssh with blocking calls, as in its tutorial, and no option about time. ssh_connect alone has a limit
-- of its own then: ten seconds, in libssh 0.10.6.
return {
  name     = "libssh",
  kind     = "driver",
  argv     = { "{bin}/libssh-client" },
  version  = { "{bin}/libssh-client", "--version" },
  packages = { "libssh-dev" },
  deadline = "none",
  auth     = { "publickey" },
}
