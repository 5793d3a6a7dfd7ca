-- ssh2 of npm with every option that has to do with time. From its README:
--   readyTimeout       "to wait for the SSH handshake to complete"; the deadline
--   keepaliveInterval  and keepaliveCountMax: unanswered keepalives "before disconnection"; here the fourth
--                      of them, a quarter of the deadline apart
-- And from its code alone:
--   timeout  emits an event when the socket was idle for so long; the deadline. An answered keepalive is no
--            idleness, so this one never comes
-- No option covers the channel, the request and the command where the server keeps answering.
return {
  name     = "node-ssh2-timeouts",
  kind     = "driver",
  argv     = {
    "env", "NODE_PATH={bin}/../node_modules:{data}/build/node_modules",
    "node", "--expose-gc", "{data}/client-under-test/node/ssh2_driver.js", "timeouts",
  },
  version  = {
    "env", "NODE_PATH={bin}/../node_modules:{data}/build/node_modules",
    "node", "-p", "require('ssh2').Client && require('ssh2/package.json').version",
  },
  packages = { "nodejs", "npm" },
  npm      = { "ssh2@1.17.0" },
  deadline = "handshake",
  grace    = 0.25,
  cost     = 5,
  auth     = { "publickey" },
}
