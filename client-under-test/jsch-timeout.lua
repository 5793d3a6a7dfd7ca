-- JSch with all that it has about time: Session.connect(ms), which covers the TCP connection and each read of
-- the handshake; Channel.connect(ms), which covers the opening and the request; setServerAliveInterval, which
-- sets the socket's timeout, too, with one message that may go unanswered. Nothing covers the command itself
-- as long as bytes come.
return {
  name     = "jsch-timeout",
  kind     = "driver",
  argv     = {
    "java", "-XX:+UseSerialGC", "-Xss512k", "-cp", "{bin}/../java:/usr/share/java/jsch.jar", "JschClient",
    "--timeout",
  },
  version  = { "java", "-cp", "{bin}/../java:/usr/share/java/jsch.jar", "JschClient", "--version" },
  packages = { "default-jdk-headless", "libjsch-java" },
  host_keys = "all",
  cost     = 12,
  min_deadline = 1,
  grace    = 0.25,
  deadline = "handshake",
  auth     = { "publickey", "password" },
}
