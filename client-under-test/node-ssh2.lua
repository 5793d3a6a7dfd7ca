-- ssh2 of npm as a newcomer uses it: with readyTimeout, "how long (in milliseconds) to wait for the SSH
-- handshake to complete", says its README; the code lets it run from the TCP connection to the end of
-- authentication. `make clients` puts ssh2 into build/node_modules, without its parts in C, which it can do
-- without.
return {
  name     = "node-ssh2",
  kind     = "driver",
  argv     = {
    "env", "NODE_PATH={bin}/../node_modules:{data}/build/node_modules",
    "node", "--expose-gc", "{data}/client-under-test/node/ssh2_driver.js", "default",
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
