-- No step takes long; together they take two fifths of the deadline. A client that gives each step a
-- small share of the whole fails here.
return {
  about  = "Waits a twentieth of the deadline before each of its answers.",
  rfc    = "4253 4.2",
  cites  = {
    "https://github.com/Eugeny/russh/pull/214",
  },
  expect = { outcome = "success" },

  serve = function(conn)
    for _, phase in ipairs{ "ident", "kexinit", "kex", "service", "auth", "channel", "request", "data" } do
      conn:upto(phase)
      conn:hold(0.05 * conn.deadline)
    end
    conn:healthy()
  end,
}
