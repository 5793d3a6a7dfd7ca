-- Subsystems: what comes on a channel is cut into requests, and each is answered by an honest server
-- or, once a script waits for it by name, left to the script. sftp.lua and netconf.lua know the
-- requests; here is what both share.
--
-- A protocol is a table of: start(state), next(state), which takes the next whole request out of
-- state.input, from state.at on, as { name =, ... }, reply(state, request), which gives the bytes of
-- the honest answer, and check(name), which throws where there is no such request. The client's bytes
-- may be anything.
local core, lib, _, channel = ...
local await = lib.await

local PIECE_BYTES, TURN_REQUESTS = 65536, 256

lib.protocols = {} -- by the subsystem's name

-- What is remembered of a channel; nil where nothing here knows its subsystem.
local function state_of(self)
  local memory = core.memory(core.channel_conn(self))
  local number = core.channel_fact(self, "number")
  local protocol = lib.protocols[core.channel_fact(self, "subsystem")]
  if protocol and not memory[number] then
    memory[number] =
      { channel = self, protocol = protocol, input = "", at = 1, output = "", stops = {} }
    protocol.start(memory[number])
  end
  return memory[number]
end

-- Sends what can be sent; is all gone?
local function flush(state)
  if state.output == "" then return true end
  local n = core.channel_write(state.channel, state.output, 1, false)
  if n == nil then return false end
  state.output = state.output:sub(n + 1)
  return state.output == ""
end

-- Answers what has come, up to the first request that a script waits for. Gives that request; "over"
-- once the client has ended its input and has all its answers; nil when there is nothing to do, or
-- it is the others' turn.
local function step(state)
  for _ = 1, TURN_REQUESTS do
    if not flush(state) then return state.channel.client_closed and "over" or nil end
    local request = state.due or state.protocol.next(state)
    if not request then
      if state.over then return "over" end
      local more = core.channel_take(state.channel, PIECE_BYTES)
      if more == "" then return state.channel.stdin_eof and "over" or nil end
      state.input, state.at = state.input:sub(state.at) .. more, 1
    elseif state.stops[request.name] then
      state.due = request
      return request
    else
      state.due = nil
      state.output = state.protocol.reply(state, request) or ""
    end
  end
  core.wake(core.channel_conn(state.channel))
  return nil
end

-- While a connection is honest beyond the phase data: its newest channel's subsystem is served.
function lib.serve(conn, phase)
  local self = core.has_session(conn) and core.channel(conn)
  local state = self and state_of(self)
  if not state or state.is_over then return end
  state.stops = {}
  if step(state) ~= "over" then return end
  state.is_over = true
  core.channel_over(self)
  core.be_honest(conn, phase)
end

-- Serves a protocol until one of these requests comes, which the script answers or doesn't.
local function verb(protocol)
  return function(self, ...)
    local owner = core.channel_conn(self)
    local function begun() return core.channel_fact(self, "subsystem") or self.command end
    local state = await(owner, begun) == protocol and state_of(self)
    if not state then return false end
    state.stops = {}
    for _, name in ipairs{ ... } do
      lib.protocols[protocol].check(name)
      state.stops[name] = true
    end
    local found = await(owner, function() return step(state) end)
    state.due = nil
    if type(found) ~= "table" then return false end
    found.reply = function(request) return state.protocol.reply(state, request) or "" end
    return found
  end
end

channel.sftp = verb("sftp")
channel.netconf = verb("netconf")
