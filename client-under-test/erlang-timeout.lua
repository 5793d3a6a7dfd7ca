-- The application ssh of Erlang/OTP with all that it has about time: connect_timeout, which covers the TCP
-- connection; the NegotiationTimeout of ssh:connect/4, which covers what follows up to the login; the Timeout
-- of session_channel/2, exec/4 and send/4. A running command sends messages, which have none.
return {
  name     = "erlang-timeout",
  kind     = "driver",
  argv     = { "escript", "{data}/client-under-test/erlang/ssh-client.escript", "--timeout" },
  version  = { "escript", "{data}/client-under-test/erlang/ssh-client.escript", "--version" },
  packages = { "erlang-base", "erlang-ssh" },
  cost     = 4,
  min_deadline = 1,
  grace    = 0.25,
  deadline = "handshake",
  auth     = { "publickey", "password" },
}
