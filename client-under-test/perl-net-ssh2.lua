-- Perl's Net::SSH2, around libssh2, as in the SYNOPSIS of its manual: "By default [...] Net::SSH2 has no
-- timeout." A process for each task.
return {
  name     = "perl-net-ssh2",
  kind     = "driver",
  argv     = { "/usr/bin/perl", "{data}/client-under-test/perl/net_ssh2_driver.pl", "default" },
  version  = {
    "/usr/bin/perl", "-MNet::SSH2", "-e", "print $Net::SSH2::VERSION, ', libssh2 ', (Net::SSH2->version)[0]",
  },
  packages = { "perl", "libnet-ssh2-perl" },
  deadline = "none",
  grace    = 0.25,
  cost     = 15,
  auth     = { "publickey" },
}
