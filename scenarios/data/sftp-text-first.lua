-- The shell's start-up file prints something: the first four letters are taken for a length, and the
-- client waits for that much, or makes room for it.
return {
  about  = "Accepts the subsystem sftp, prints a text and then serves files; a command that is run "
    .. "instead says only that.",
  rfc    = "4254 6.5",
  cites  = {
    "https://github.com/pkg/sftp/issues/308",
    "https://github.com/ys-ll/uniterm/pull/586",
    "https://github.com/lablup/backend.ai/issues/11772",
  },
  kind   = "malformed",
  expect = { outcome = { "failure", "timeout" }, phase = { "data", "exit", "close", "disconnect" } },
  variants = {
    { name = "line",     text = "abc\n" },
    { name = "colours",  text = "\27[1;32mWelcome\27[0m\r\n" },
    { name = "newline",  text = "\n" }, -- shifts all that follows by a byte
    { name = "long",     text = ("All connections are monitored and recorded.\n"):rep(100) },
  },

  serve = function(conn, v)
    local channel = conn:upto("data")
    if not channel then return end
    channel:write(v.text)
    channel:sftp()
    conn:hold()
  end,
}
