-- Both sides begin with a hello, and the client has nothing to ask before it has heard the server's.
return {
  about  = "Accepts the subsystem netconf, and its hello is missing or has no end; a command that is run "
    .. "instead says nothing.",
  rfc    = "6242 3, 6241 8.1",
  cites  = {
    "https://github.com/ncclient/ncclient/issues/47",
    "https://github.com/ADTRAN/netconf_client/issues/38",
  },
  expect = { outcome = "timeout", phase = "data" },
  variants = {
    { name = "missing",     kind = "silence", bytes = 0 },
    { name = "half",        kind = "partial", bytes = 100 },
    { name = "without-end", kind = "partial", bytes = -7 }, -- all but ]]>]]>
  },

  serve = function(conn, v)
    local channel = conn:upto("data")
    local hello = channel and channel:netconf("hello")
    if hello and v.bytes ~= 0 then channel:write(hello:reply():sub(1, v.bytes)) end
    conn:hold()
  end,
}
