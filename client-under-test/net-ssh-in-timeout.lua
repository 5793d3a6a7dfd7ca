-- Ruby's net-ssh without a timeout of its own, and the standard library's Timeout.timeout around everything.
-- It raises wherever the thread is; then the block form of Net::SSH.start closes the connection, and waits
-- for its channels to be closed.
return {
  name     = "net-ssh-in-timeout",
  kind     = "driver",
  argv     = { "/usr/bin/ruby", "{data}/client-under-test/ruby/net_ssh_driver.rb", "timeout" },
  version  = {
    "/usr/bin/ruby", "-e", "require 'net/ssh'; require 'ed25519'; puts Net::SSH::Version::STRING",
  },
  packages = { "ruby", "ruby-net-ssh", "ruby-ed25519", "ruby-bcrypt-pbkdf" },
  deadline = "total",
  grace    = 0.25,
  cost     = 10,
  drain    = 4, -- Ruby keeps threads that have ended for 3 s, for others to come
  auth     = { "publickey" },
}
