-- The opposite bug: a client that gives up on a server which is only slow.
return {
  about  = "Sends its identification string after 0.4 of the deadline, and is honest from there on.",
  rfc    = "4253 4.2",
  cites  = {
    "https://github.com/ytti/oxidized/issues/883",
    "https://github.com/ktbyers/netmiko/issues/1323",
  },
  expect = { outcome = "success" },

  serve = function(conn)
    conn:hold(0.4 * conn.deadline)
    conn:healthy()
  end,
}
