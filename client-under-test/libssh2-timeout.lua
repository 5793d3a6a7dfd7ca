-- libssh2 with libssh2_session_set_timeout ("how long a blocking the libssh2 function calls may wait until
-- they consider the situation an error"), which begins anew with each call, and libssh2_keepalive_config.
-- The socket is the caller's, and nothing of libssh2 covers its connect(2). Version 1.10.0 counts what has
-- passed in whole seconds: a timeout may end a second too soon, and of one second nothing may be left; or
-- nothing counts yet when an answer comes, and what had passed until then is added.
return {
  name     = "libssh2-timeout",
  kind     = "driver",
  argv     = { "{bin}/libssh2-client", "--timeout" },
  version  = { "{bin}/libssh2-client", "--version" },
  packages = { "libssh2-1-dev" },
  min_deadline = 2,
  deadline = "handshake",
  grace    = 0.25,
  auth     = { "publickey" },
}
