-- ssh.Dial of golang.org/x/crypto/ssh with a Timeout, which covers the TCP connection only.
return {
  name     = "go-dial",
  kind     = "driver",
  argv     = { "{bin}/go-client", "driver", "--way", "dial" },
  version  = { "{bin}/go-client", "--version" },
  packages = { "golang-go", "golang-golang-x-crypto-dev" },
  deadline = "connect",
  grace    = 0.25,
}
