-- What a handle finds under a name: a verb, or a fact.
local core, _, conn, channel, conn_meta, channel_meta = ...
local format = string.format

local optional = { command = true, subsystem = true } -- a channel may have none

local function find(methods, fact, kind)
  return function(self, name)
    local verb = methods[name]
    if verb ~= nil then return verb end
    local value = fact(self, name)
    if value ~= nil or kind == "channel" and optional[name] then return value end
    error(format("a %s has no verb or property '%s'", kind, tostring(name)), 0)
  end
end

conn_meta.__index = find(conn, core.fact, "connection")
conn_meta.__name = "connection"
conn_meta.__metatable = false
channel_meta.__index = find(channel, core.channel_fact, "channel")
channel_meta.__name = "channel"
channel_meta.__metatable = false
