-- sshd beyond MaxStartups: one line that explains, and the end. The line is worth showing.
return {
  about  = "Sends the line 'Exceeded MaxStartups' and ends the connection (FIN or RST).",
  rfc    = "4253 4.2",
  cites  = {
    "https://github.com/NixOS/infra/issues/352",
    "https://github.com/go-gitea/gitea/issues/21732",
  },
  expect = { outcome = "failure", phase = "ident" },
  variants = {
    { name = "fin" },
    { name = "rst", reset = true },
  },

  serve = function(conn, v)
    conn:send("Exceeded MaxStartups\r\n")
    conn:sleep(0.05 * conn.deadline) -- the client is to read what came before the end
    if v.reset then conn:reset() else conn:finish() end
  end,
}
