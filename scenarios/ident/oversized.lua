-- RFC 4253 4.2 allows 255 bytes with CR and LF. A client that reads until LF reads for ever, or
-- fills its memory.
return {
  about  = "Sends an identification string that is too long: 256 bytes, 64 KiB, or without end.",
  rfc    = "4253 4.2",
  cites  = {
    "https://github.com/warp-tech/warpgate/issues/2520",
    "https://github.com/ronf/asyncssh/issues/260",
  },
  expect = { outcome = { "failure", "timeout" }, phase = { "ident", "kexinit", "kex" } },
  variants = {
    { name = "256-bytes", bytes = 256 },
    { name = "64-kib",    bytes = 65536 },
    { name = "endless" },
  },

  serve = function(conn, v)
    if v.bytes then
      conn:send("SSH-2.0-" .. ("x"):rep(v.bytes - 10) .. "\r\n")
    else
      conn:send("SSH-2.0-")
      conn:flood("x")
    end
    conn:hold()
  end,
}
