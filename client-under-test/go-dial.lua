-- ssh.Dial of golang.org/x/crypto/ssh with a Timeout, which covers the TCP connection only.
return {
  name     = "go-dial",
  kind     = "driver",
  argv     = { "{bin}/go-client", "driver", "--way", "dial" },
  deadline = "connect",
  grace    = 0.25,
}
