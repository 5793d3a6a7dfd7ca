-- Ruby's net-ssh as a newcomer uses it: with the option timeout, "how long to wait for the initial connection
-- to be made", says its manual; the code also gives it to each wait for a packet up to the end of
-- authentication.
return {
  name     = "net-ssh",
  kind     = "driver",
  argv     = { "/usr/bin/ruby", "{data}/client-under-test/ruby/net_ssh_driver.rb", "default" },
  version  = {
    "/usr/bin/ruby", "-e", "require 'net/ssh'; require 'ed25519'; puts Net::SSH::Version::STRING",
  },
  packages = { "ruby", "ruby-net-ssh", "ruby-ed25519", "ruby-bcrypt-pbkdf" },
  deadline = "connect",
  grace    = 0.25,
  cost     = 10,
  drain    = 4, -- Ruby keeps threads that have ended for 3 s, for others to come
  auth     = { "publickey" },
}
