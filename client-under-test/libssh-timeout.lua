-- libssh with blocking calls and all that it has about time: SSH_OPTIONS_TIMEOUT ("Set a timeout for the
-- connection in seconds") with SSH_OPTIONS_TIMEOUT_USEC, and ssh_channel_read_timeout ("A timeout in
-- milliseconds"), which begins anew with each call.
return {
  name     = "libssh-timeout",
  kind     = "driver",
  argv     = { "{bin}/libssh-client", "--timeout" },
  version  = { "{bin}/libssh-client", "--version" },
  packages = { "libssh-dev" },
  deadline = "handshake",
  auth     = { "publickey" },
}
