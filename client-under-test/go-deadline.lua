-- golang.org/x/crypto/ssh with one SetDeadline over everything.
return {
  name     = "go-deadline",
  kind     = "driver",
  argv     = { "{bin}/go-client", "driver", "--way", "deadline" },
  version  = { "{bin}/go-client", "--version" },
  packages = { "golang-go", "golang-golang-x-crypto-dev" },
  deadline = "total",
  grace    = 0.25,
}
