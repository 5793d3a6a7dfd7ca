-- golang.org/x/crypto/ssh with SetDeadline on the connection, taken back when the handshake is done.
return {
  name     = "go-handshake",
  kind     = "driver",
  argv     = { "{bin}/go-client", "driver", "--way", "handshake" },
  version  = { "{bin}/go-client", "--version" },
  packages = { "golang-go", "golang-golang-x-crypto-dev" },
  deadline = "handshake",
  grace    = 0.25,
}
