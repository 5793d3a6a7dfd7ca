-- libssh2 with blocking calls, as in its example ssh2_exec.c: "By default [...] libssh2 has no timeout for
-- blocking functions" (libssh2_session_set_timeout(3)).
return {
  name     = "libssh2",
  kind     = "driver",
  argv     = { "{bin}/libssh2-client" },
  version  = { "{bin}/libssh2-client", "--version" },
  packages = { "libssh2-1-dev" },
  deadline = "none",
  auth     = { "publickey" },
}
