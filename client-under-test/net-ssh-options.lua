-- Ruby's net-ssh with every option that has to do with time. From the manual of Net::SSH.start:
--   timeout    "how long to wait for the initial connection to be made"; the deadline
--   keepalive  and keepalive_interval, keepalive_maxcount: "to send a keepalive packet [...] when there's no
--              traffic"; the fourth that is not answered ends the connection, a quarter of the deadline apart
-- No option covers the command where the server keeps answering, and none all of it.
return {
  name     = "net-ssh-options",
  kind     = "driver",
  argv     = { "/usr/bin/ruby", "{data}/client-under-test/ruby/net_ssh_driver.rb", "options" },
  version  = {
    "/usr/bin/ruby", "-e", "require 'net/ssh'; require 'ed25519'; puts Net::SSH::Version::STRING",
  },
  packages = { "ruby", "ruby-net-ssh", "ruby-ed25519", "ruby-bcrypt-pbkdf" },
  deadline = "handshake",
  grace    = 0.25,
  cost     = 10,
  drain    = 4, -- Ruby keeps threads that have ended for 3 s, for others to come
  auth     = { "publickey" },
}
