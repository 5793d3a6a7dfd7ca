-- connect() hangs, and who asked for it changes his mind.
return {
  about  = "Never completes the TCP connection, and the task is cancelled long before its deadline.",
  rfc    = "9293 3.5",
  cites  = {
    "https://github.com/ronf/asyncssh/issues/318",
  },
  expect = { outcome = "cancelled", phase = "tcp" },
  kind   = "silence",
  cancel = 0.5,
  listen = { backlog = 0 },
}
