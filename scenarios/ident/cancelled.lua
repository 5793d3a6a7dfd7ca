-- A user presses Ctrl-C, a context is cancelled: whoever waits only for the server does not hear of it.
return {
  about  = "Never sends its identification string, and the task is cancelled long before its deadline.",
  rfc    = "4253 4.2",
  cites  = {
    "https://github.com/pgrundev/pgbot/issues/62",
    "https://github.com/subhra74/snowflake/issues/197",
  },
  expect = { outcome = "cancelled", phase = "ident" },
  kind   = "silence",
  cancel = 0.5,
  variants = {
    { name = "silent" },
    { name = "dribble", kind = "dribble", every_deadline = 0.05 },
  },

  serve = function(conn, v)
    if v.every_deadline then
      conn:dribble(("x"):rep(240), { every = v.every_deadline * conn.deadline })
    end
    conn:hold()
  end,
}
