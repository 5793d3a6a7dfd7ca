-- A client has a wait for each message that it needs; one of them may be without an end. The k-th message
-- that the server sends never comes.
local LAST = 14
local due = { "ident", "kexinit", "kex", "newkeys", "service", "service" }
local later = { "auth", "channel", "request", "data", "exit", "close", "disconnect" }

local variants = {}
for k = 1, LAST do
  variants[k] = {
    name   = ("message-%02d"):format(k),
    k      = k,
    expect = due[k] and { outcome = "timeout", phase = due[k] }
             or { outcome = { "timeout", "success" }, phase = later },
  }
end

return {
  about  = "Is honest up to its k-th message, and says nothing from there on.",
  rfc    = "4253 4.2",
  cites  = {
    "https://github.com/devsy-org/devsy/pull/1254",
    "https://github.com/golang/go/issues/11992",
    "https://github.com/paramiko/paramiko/issues/515",
  },
  engine = "crafted",
  kind   = "silence",
  expect = { outcome = "timeout", phase = later },
  variants = variants,

  serve = function(conn, v)
    conn:hold_before(v.k)
    if conn:upto_hold() then conn:log("silent from here on") end
    conn:hold()
  end,
}
