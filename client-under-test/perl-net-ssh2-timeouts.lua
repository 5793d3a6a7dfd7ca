-- Perl's Net::SSH2 with the only option that it has about time: timeout, "a global timeout (in milliseconds)
-- which will affect every action", each of them anew. It does not cover the TCP connection, which IO::Socket
-- makes without one. libssh2 1.10.0 counts what has passed in whole seconds: a timeout may end a second too
-- soon.
return {
  name     = "perl-net-ssh2-timeouts",
  kind     = "driver",
  argv     = { "/usr/bin/perl", "{data}/client-under-test/perl/net_ssh2_driver.pl", "timeouts" },
  version  = {
    "/usr/bin/perl", "-MNet::SSH2", "-e", "print $Net::SSH2::VERSION, ', libssh2 ', (Net::SSH2->version)[0]",
  },
  packages = { "perl", "libnet-ssh2-perl" },
  min_deadline = 2,
  deadline = "handshake",
  grace    = 0.25,
  cost     = 15,
  auth     = { "publickey" },
}
