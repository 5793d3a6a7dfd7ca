-- A host that is busy, or a path that loses the first packet: the kernel asks again after a second,
-- and all is well.
return {
  about  = "Lets the TCP connection be made at the second attempt, after 1 s, and is honest.",
  rfc    = "9293 3.8.1",
  cites  = {
    "https://github.com/hashicorp/packer/issues/2333",
  },
  expect = { outcome = "success" },
  listen = { backlog = 0, opens_after = 0.3 },
  deadline_min = 3,

  serve = function(conn)
    conn:healthy()
  end,
}
