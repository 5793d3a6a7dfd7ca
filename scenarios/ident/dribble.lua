-- A timer that every byte re-arms never fires: only an overall deadline ends this.
return {
  about  = "Sends its identification string one byte at a time and never ends it.",
  rfc    = "4253 4.2",
  cites  = {
    "https://github.com/Eugeny/russh/issues/422",
    "https://github.com/shazow/ssh-chat/pull/329",
  },
  expect = { outcome = "timeout", phase = "ident" },
  variants = {
    { name = "steady",  every = 0.05 },
    { name = "on-edge", every_deadline = 0.9 },
  },

  serve = function(conn, v)
    local every = v.every or v.every_deadline * conn.deadline
    while conn:dribble("SSH-2.0-" .. ("x"):rep(240), { every = every }) do end
  end,
}
