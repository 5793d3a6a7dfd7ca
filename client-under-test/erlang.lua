-- The application ssh of Erlang/OTP with its defaults: "connect_timeout [...] the default value is infinity",
-- as for NegotiationTimeout and the Timeout of each call.
return {
  name     = "erlang",
  kind     = "driver",
  argv     = { "escript", "{data}/client-under-test/erlang/ssh-client.escript" },
  version  = { "escript", "{data}/client-under-test/erlang/ssh-client.escript", "--version" },
  packages = { "erlang-base", "erlang-ssh" },
  cost     = 4,
  min_deadline = 1,
  grace    = 0.25,
  deadline = "none",
  auth     = { "publickey", "password" },
}
