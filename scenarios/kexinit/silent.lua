-- Past the identification string many a connect timeout has already been called off.
return {
  about  = "Sends its identification string and then nothing.",
  rfc    = "4253 7.1",
  cites  = {
    "https://github.com/erlang/otp/pull/522",
    "https://github.com/hierynomus/sshj/issues/439",
  },
  expect = { outcome = "timeout", phase = "kexinit" },

  serve = function(conn)
    conn:upto("kexinit")
    conn:hold()
  end,
}
