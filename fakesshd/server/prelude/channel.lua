-- Verbs of a channel.
local core, lib, _, channel = ...
local need, await, need_crafted = lib.need, lib.await, lib.need_crafted

function channel:request()
  local request = await(core.channel_conn(self), function() return core.channel_request(self) end)
  return request or false
end

function channel:accept()
  if core.channel_request(self) == nil and not self:request() then return false end
  return core.channel_answer(self, true)
end

function channel:refuse()
  if core.channel_request(self) == nil and not self:request() then return false end
  core.fault(core.channel_conn(self), "refuses the request")
  return core.channel_answer(self, false)
end

local function write(self, bytes, is_stderr)
  local from, owner = 1, core.channel_conn(self)
  local function taken()
    local n = core.channel_write(self, bytes, from, is_stderr)
    if n == nil then return "refused" end
    from = from + n
    return (n > 0 or from > #bytes) and "taken"
  end
  while from <= #bytes do
    if await(owner, taken) ~= "taken" then return false end
  end
  return true
end

function channel:write(bytes)
  return write(self, need(bytes, "string", "write", "the bytes"), false)
end

function channel:write_stderr(bytes)
  return write(self, need(bytes, "string", "write_stderr", "the bytes"), true)
end

function channel:exit_status(n)
  return core.channel_say(self, "exit_status", need(n, "number", "exit_status", "the status"))
end

function channel:exit_signal(name)
  need(name, "string", "exit_signal", "the name")
  core.fault(core.channel_conn(self), "sends exit-signal " .. name)
  return core.channel_say(self, "exit_signal", name)
end

function channel:eof() return core.channel_say(self, "eof") end
function channel:close() return core.channel_say(self, "close") end

function channel:adjust(bytes)
  local owner = core.channel_conn(self)
  need_crafted(owner, "adjust")
  need(bytes, "number", "adjust", "the bytes")
  return owner:packet{ "CHANNEL_WINDOW_ADJUST", recipient = self.peer, bytes = bytes }
end

-- Standard input: n bytes, fewer when the client sent EOF before.
function channel:read(n, seconds)
  need(n, "number", "read", "the count")
  local owner, got = core.channel_conn(self), ""
  local function is_there()
    got = got .. core.channel_take(self, n - #got)
    return #got >= n or self.stdin_eof or self.client_closed
  end
  await(owner, is_there, seconds and core.now() + seconds)
  return (#got > 0 or n == 0) and got or nil
end
