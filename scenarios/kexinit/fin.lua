-- A server that dislikes the client's algorithms, or is overloaded, and says nothing about it.
return {
  about  = "Ends the connection after the identification strings.",
  rfc    = "4253 7.1",
  cites  = {
    "https://github.com/mwiede/jsch/issues/339",
    "https://github.com/mozilla/ssh_scan/issues/191",
  },
  expect = { outcome = "failure", phase = { "ident", "kexinit" } },
  variants = {
    { name = "fin" },
    { name = "rst", reset = true },
  },

  serve = function(conn, v)
    conn:upto("kexinit")
    conn:hold(0.05 * conn.deadline) -- the client is to read what came before the end
    if v.reset then conn:reset() else conn:finish() end
  end,
}
