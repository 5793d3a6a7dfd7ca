-- A router with a full table needs a while for its hello and for each reply.
return {
  about  = "Accepts the subsystem netconf and says hello, and its first reply, after 0.2 of the deadline "
    .. "each; a command that is run instead takes as long.",
  rfc    = "6242 3",
  cites  = {
    "https://github.com/ADTRAN/netconf_client/issues/28",
  },
  expect = { outcome = "success" },

  serve = function(conn)
    local channel = conn:upto("data")
    if not channel then return end
    for _, name in ipairs{ "hello", "rpc" } do
      local request = channel:netconf(name)
      conn:sleep(0.2 * conn.deadline)
      if request then channel:write(request:reply()) end
    end
    conn:healthy()
  end,
}
