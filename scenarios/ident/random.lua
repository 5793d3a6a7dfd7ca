-- A raw device on a serial gateway, or `cat /dev/urandom`: bytes without lines, or lines by chance.
return {
  about  = "Sends random bytes: 1 KiB and then nothing, or without end.",
  rfc    = "4253 4.2",
  cites  = {
    "https://github.com/warp-tech/warpgate/issues/2520",
    "https://github.com/ronf/asyncssh/issues/260",
  },
  expect = { outcome = { "failure", "timeout" }, phase = "ident" },
  variants = {
    { name = "1-kib",   kind = "malformed" },
    { name = "endless", kind = "flood" },
  },

  serve = function(conn, v)
    local bytes = {}
    for i = 1, 1024 do bytes[i] = string.char(math.random(0, 255)) end
    local noise = table.concat(bytes)
    if v.kind == "flood" then conn:flood(noise) else conn:send(noise) end
    conn:hold()
  end,
}
