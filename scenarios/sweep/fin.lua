-- The connection ends before the k-th message that the server sends.
local LAST = 14
local due = { "ident", "kexinit", "kex", "newkeys", "service", "service" }
local later = { "auth", "channel", "request", "data", "exit", "close", "disconnect" }

local variants = {}
for k = 1, LAST do
  variants[k] = {
    name   = ("message-%02d"):format(k),
    k      = k,
    expect = due[k] and { outcome = "failure", phase = { due[k], "kex" } }
             or { outcome = { "failure", "success" }, phase = later },
  }
end

return {
  about  = "Is honest up to its k-th message, and ends the connection (FIN) there.",
  rfc    = "4253 4.2",
  cites  = {
    "https://github.com/golang/go/issues/11992",
    "https://github.com/net-ssh/net-ssh/issues/339",
    "https://github.com/libssh2/libssh2/issues/110",
  },
  engine = "crafted",
  kind   = "fin",
  expect = { outcome = "failure", phase = later },
  variants = variants,

  serve = function(conn, v)
    conn:hold_before(v.k)
    if conn:upto_hold() then conn:finish() end
    conn:hold()
  end,
}
