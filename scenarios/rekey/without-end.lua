-- Keys and keys and keys: the connection is as alive as can be, and the command is not.
return {
  about  = "Exchanges keys again and again while the command never ends.",
  rfc    = "4253 9",
  cites  = {
    "https://github.com/apache/mina-sshd/issues/860",
    "https://github.com/mscdex/ssh2/issues/856",
  },
  engine = "crafted",
  kind   = "dribble",
  expect = { outcome = "timeout", phase = { "rekey", "data" } },

  serve = function(conn)
    conn:upto("data")
    while conn:rekey() and conn:sleep(0.05) do end
  end,
}
