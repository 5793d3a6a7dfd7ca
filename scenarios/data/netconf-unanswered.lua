-- The session is up, keepalives are answered, and the reply to an rpc never comes, or not all of it.
return {
  about  = "Accepts the subsystem netconf, says hello and leaves the first rpc unanswered; a command "
    .. "that is run instead says nothing.",
  rfc    = "6241 4.1",
  cites  = {
    "https://github.com/Juniper/go-netconf/issues/59",
    "https://github.com/ADTRAN/netconf_client/issues/28",
  },
  expect = { outcome = "timeout", phase = { "data", "keepalive" } },
  variants = {
    { name = "silent",        kind = "silence" },
    { name = "with-keepalive", kind = "dribble", alive = true },
    { name = "half",          kind = "partial", bytes = 60 },
    { name = "without-end",   kind = "partial", bytes = -5 },
  },

  serve = function(conn, v)
    local channel = conn:upto("data")
    local rpc = channel and channel:netconf("rpc")
    if rpc and v.bytes then channel:write(rpc:reply():sub(1, v.bytes)) end
    while v.alive and conn:global_request("keepalive@openssh.com") and conn:sleep(0.05) do end
    conn:hold()
  end,
}
