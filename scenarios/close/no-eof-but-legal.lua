-- RFC 4254 5.3: EOF need not be said; CLOSE ends the channel and the output with it.
return {
  about  = "Sends output, exit-status and CLOSE, and no EOF.",
  rfc    = "4254 5.3",
  cites  = {
    "https://github.com/ParallelSSH/parallel-ssh/issues/37",
    "https://github.com/go-git/go-git/pull/1815",
  },
  engine = "crafted",
  kind   = "legal",
  expect = { outcome = "success" },

  serve = function(conn)
    conn:withhold("CHANNEL_EOF")
    conn:healthy()
  end,
}
