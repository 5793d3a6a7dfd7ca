-- JSch with blocking calls, as in its example Exec.java, and no option about time: "the default ... zero is
-- interpreted as an infinite timeout". It knows neither Ed25519 nor OpenSSH's form of a key.
return {
  name     = "jsch",
  kind     = "driver",
  argv     = {
    "java", "-XX:+UseSerialGC", "-Xss512k", "-cp", "{bin}/../java:/usr/share/java/jsch.jar", "JschClient",
  },
  version  = { "java", "-cp", "{bin}/../java:/usr/share/java/jsch.jar", "JschClient", "--version" },
  packages = { "default-jdk-headless", "libjsch-java" },
  host_keys = "all",
  cost     = 12,
  min_deadline = 1,
  grace    = 0.25,
  deadline = "none",
  auth     = { "publickey", "password" },
}
