-- A busy server is late with its first packet; nothing is wrong with it.
return {
  about  = "Sends its KEXINIT 0.4 of the deadline after its identification string, and is honest.",
  rfc    = "4253 7.1",
  cites  = {
    "https://github.com/wolfSSL/wolfssh/issues/564",
    "https://github.com/apache/mina-sshd/issues/642",
  },
  expect = { outcome = "success" },

  serve = function(conn)
    conn:upto("kexinit")
    conn:hold(0.4 * conn.deadline)
    conn:healthy()
  end,
}
