-- The verbs. `core` holds primitives that act at once; the only one that waits is core.wait, which
-- returns whenever anything happened to the connection, so each verb looks at the facts again.
local core, conn_meta, channel_meta = ...
local conn, channel = {}, {}
local type, error, tostring, ipairs = type, error, tostring, ipairs
local format, sub, rep = string.format, string.sub, string.rep
local min, max = math.min, math.max

local OUTPUT_FULL = 65536

---------------------------------------------------------------------------------------------------
-- Arguments

local function need(value, wanted, verb, what)
  if type(value) ~= wanted then
    error(format("%s: expected %s to be a %s, found %s", verb, what, wanted, type(value)), 0)
  end
  return value
end

local function options_of(given, known, verb)
  if given == nil then return {} end
  need(given, "table", verb, "the options")
  for name in pairs(given) do
    if not known[name] then error(format("%s: there is no option '%s'", verb, tostring(name)), 0) end
  end
  return given
end

---------------------------------------------------------------------------------------------------
-- Waiting

-- Waits until `done` says so. Returns what it said; nil when the client left, false when the time was
-- over (core.now() >= `until_s`).
local function await(self, done, until_s)
  while true do
    local result = done(self)
    if result then return result end
    if core.left(self) then return nil end
    if until_s then
      local rest = until_s - core.now()
      if rest <= 0 then return false end
      core.wait(self, rest)
    else
      core.wait(self)
    end
  end
end

local function never() return false end

function conn:sleep(seconds)
  need(seconds, "number", "sleep", "seconds")
  return await(self, never, core.now() + max(0, seconds)) == false
end

function conn:hold(seconds)
  if seconds ~= nil then
    core.fault(self, format("does nothing for %.3g s", need(seconds, "number", "hold", "seconds")))
    return self:sleep(seconds)
  end
  core.fault(self, "does nothing more, and keeps the connection open")
  await(self, never)
  return false
end

local barriers = {} -- by scenario and name: the connections that stand there

function conn:barrier(count, name)
  need(count, "number", "barrier", "the count")
  local key = core.service(self) .. "/" .. tostring(name or "")
  local standing = barriers[key] or { n = 0 }
  barriers[key] = standing
  standing.n = standing.n + 1
  standing[standing.n] = self
  if standing.n >= count then
    barriers[key] = nil
    standing.open = true
    for _, other in ipairs(standing) do core.wake(other) end
  end
  return await(self, function() return standing.open end) == true
end

---------------------------------------------------------------------------------------------------
-- Bytes

local function has_room(self) return core.unsent(self) < OUTPUT_FULL end

local function is_sent(self) return core.unsent(self) == 0 or core.held(self) end

function conn:send(bytes)
  need(bytes, "string", "send", "the bytes")
  if not await(self, has_room) or not core.send(self, bytes) then return false end
  return await(self, is_sent) ~= nil
end

function conn:dribble(bytes, given)
  need(bytes, "string", "dribble", "the bytes")
  local options = options_of(given, { every = true, n = true }, "dribble")
  local every = need(options.every, "number", "dribble", "every")
  local n = max(1, need(options.n or 1, "number", "dribble", "n"))
  core.fault(self, format("sends %d bytes, %d each %.3g s", #bytes, n, every))
  local due = core.now()
  for from = 1, #bytes, n do
    if from > 1 then
      -- Due times are kept, so that the pace does not drift; a late byte is not hurried after.
      due = max(due + every, core.now())
      if await(self, never, due) == nil then return false end
    end
    if not core.send(self, sub(bytes, from, from + n - 1)) then return false end
  end
  return true
end

function conn:flood(bytes, given)
  need(bytes, "string", "flood", "the bytes")
  if #bytes == 0 then error("flood: expected at least one byte", 0) end
  local options = options_of(given, { limit_bytes = true, seconds = true }, "flood")
  local limit = options.limit_bytes or math.huge
  local until_s = options.seconds and core.now() + options.seconds
  local piece = rep(bytes, max(1, 16384 // #bytes))
  local sent = 0
  core.fault(self, "floods")
  while sent < limit do
    local room = await(self, has_room, until_s)
    if not room then return sent end
    local now = sub(piece, 1, min(#piece, limit - sent))
    if not core.send(self, now) then return sent end
    sent = sent + #now
    core.wait(self, 0)
  end
  return sent
end

function conn:read(n, seconds)
  need(n, "number", "read", "the count")
  local got = ""
  local done = await(self, function()
    got = got .. core.take(self, n - #got)
    return #got >= n
  end, seconds and core.now() + seconds)
  return done and got or nil
end

function conn:read_line(seconds)
  local length = await(self, core.line, seconds and core.now() + seconds)
  if not length then return nil end
  return (sub(core.take(self, length), 1, -2):gsub("\r$", ""))
end

---------------------------------------------------------------------------------------------------
-- The socket and the gates

function conn:finish()
  core.fault(self, "ends the connection (FIN)")
  core.finish(self)
end

function conn:half_close()
  core.fault(self, "sends FIN and goes on reading")
  core.half_close(self)
end

function conn:reset()
  core.fault(self, "resets the connection (RST)")
  core.reset(self)
end

function conn:stop_reading()
  core.fault(self, "stops reading")
  core.stop_reading(self)
end

function conn:resume_reading() core.resume_reading(self) end

function conn:hold_before(message)
  core.fault(self, "will send nothing from " .. tostring(message) .. " on")
  core.hold_before(self, message)
end

function conn:hold_after(message)
  core.fault(self, "will send nothing after " .. tostring(message))
  core.hold_after(self, message)
end

function conn:cut(n, direction)
  need(n, "number", "cut", "the count")
  core.fault(self, format("lets %d more bytes pass, then nothing (%s)", n, direction or "out"))
  core.cut(self, n, direction)
end

function conn:drip(n, seconds, direction)
  need(n, "number", "drip", "the count")
  need(seconds, "number", "drip", "seconds")
  core.fault(self, format("lets %d bytes pass each %.3g s (%s)", n, seconds, direction or "out"))
  core.drip(self, n, seconds, direction)
end

function conn:flip(n, direction)
  need(n, "number", "flip", "the count")
  core.fault(self, format("damages byte %d from now (%s)", n, direction or "out"))
  core.flip(self, n, direction)
end

function conn:open_gates() core.open_gates(self) end

---------------------------------------------------------------------------------------------------
-- The protocol

local function reached(phase)
  return function(self) return core.reached(self, phase) or core.ended(self) end
end

function conn:upto(phase)
  need(phase, "string", "upto", "the phase")
  core.be_honest(self, phase)
  if phase ~= "ident" and (not await(self, reached(phase)) or not core.reached(self, phase)) then
    return false
  end
  return core.channel(self) or true
end

function conn:healthy()
  core.be_honest(self, "disconnect")
  await(self, core.ended)
  return await(self, never) == nil
end

function conn:ident(given)
  local known = { software = true, lines = true, every = true }
  local options = options_of(given, known, "ident")
  if options.software then core.software(self, options.software) end
  for _, line in ipairs(options.lines or {}) do
    if not self:send(line .. "\r\n") then return false end
    if options.every and not self:sleep(options.every) then return false end
  end
  return self:upto("kexinit")
end

function conn:kex() return self:upto("service") end

function conn:auth(given)
  local options = options_of(given, { accept = true, delay = true }, "auth")
  if not self:upto("auth") then return false end
  local request = await(self, function() return core.request(self, "auth") end)
  if not request then return false end
  if options.delay and not self:sleep(options.delay) then return false end
  local accept = options.accept
  if accept == nil then accept = request.right end
  if accept ~= request.right then
    core.fault(self, (accept and "accepts" or "refuses") .. " whatever the client authenticates with")
  end
  core.answer(self, "auth", accept)
  return request.type
end

local function sayer(word, fault)
  return function(self, text)
    core.fault(self, fault)
    return core.say(self, word, text)
  end
end

conn.banner = sayer("banner", "sends USERAUTH_BANNER")
conn.ignore = sayer("ignore", "sends IGNORE")
conn.debug = sayer("debug", "sends DEBUG")

function conn:rekey()
  core.fault(self, "begins another key exchange")
  return core.say(self, "rekey")
end

function conn:global_request(name)
  if name ~= "keepalive@openssh.com" then
    error("global_request: libssh sends no request but keepalive@openssh.com; for others add "
      .. 'engine = "crafted"', 0)
  end
  core.fault(self, "asks for a sign of life")
  return core.say(self, "keepalive")
end

function conn:disconnect(text)
  core.fault(self, "sends DISCONNECT")
  core.say(self, "disconnect", text or "fakesshd disconnects on purpose")
end

function conn:channel(given)
  local options = options_of(given, { accept = true }, "channel")
  if not self:upto("channel") then return false end
  if not await(self, function() return core.request(self, "open") end) then return false end
  if options.accept == false then
    core.fault(self, "refuses to open a channel")
    return core.answer(self, "open", false)
  end
  core.answer(self, "open", true)
  return core.channel(self)
end

local function only_crafted(verb)
  return function()
    error(verb .. ': libssh cannot say this; add engine = "crafted"', 0)
  end
end

conn.packet = only_crafted("packet")
conn.log = core.log

---------------------------------------------------------------------------------------------------
-- Channels

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
channel.adjust = only_crafted("adjust")

---------------------------------------------------------------------------------------------------
-- Handles

local function find(methods, fact, kind)
  return function(self, name)
    local verb = methods[name]
    if verb ~= nil then return verb end
    local value = fact(self, name)
    if value ~= nil or kind == "channel" and name == "command" then return value end
    error(format("a %s has no verb or property '%s'", kind, tostring(name)), 0)
  end
end

conn_meta.__index = find(conn, core.fact, "connection")
conn_meta.__name = "connection"
conn_meta.__metatable = false
channel_meta.__index = find(channel, core.channel_fact, "channel")
channel_meta.__name = "channel"
channel_meta.__metatable = false
