-- Verbs of the protocol, which both engines speak.
local core, lib, conn = ...
local need, options_of, await = lib.need, lib.options_of, lib.await

local serves = { exit = true, close = true, disconnect = true } -- the command, or a subsystem

local function reached(phase)
  return function(self)
    if serves[phase] then lib.serve(self, phase) end
    return core.reached(self, phase) or core.ended(self)
  end
end

local function ended(self)
  lib.serve(self, "disconnect")
  return core.ended(self)
end

function conn:upto(phase)
  need(phase, "string", "upto", "the phase")
  core.be_honest(self, phase)
  if phase ~= "ident" and (not await(self, reached(phase)) or not core.reached(self, phase)) then
    return false
  end
  return core.channel(self) or true
end

function conn:upto_hold(seconds)
  core.be_honest(self, "disconnect")
  local function is_over(this) return core.held(this) and "held" or ended(this) end
  return await(self, is_over, seconds and core.now() + seconds) == "held"
end

function conn:healthy()
  core.be_honest(self, "disconnect")
  await(self, ended) -- by either side; what a script does after that is end the connection
  return true
end

function conn:ident(given)
  local known = { software = true, line = true, lines = true, every = true }
  local options = options_of(given, known, "ident")
  if options.software then core.software(self, options.software) end
  if options.line then
    lib.need_crafted(self, "ident{ line }")
    core.ident_line(self, options.line)
  end
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
  local function begun() return core.say(self, "rekey") or core.ended(self) end
  if not core.is_crafted(self) then return core.say(self, "rekey") end
  return await(self, begun) == true -- the one before may not be over yet
end

function conn:global_request(name, given)
  local options = options_of(given, { want_reply = true, data = true }, "global_request")
  if name == "keepalive@openssh.com" and given == nil then
    core.fault(self, "asks for a sign of life")
    return core.say(self, "keepalive")
  end
  if not core.is_crafted(self) then
    error("global_request: libssh sends no request but keepalive@openssh.com; for others add "
      .. 'engine = "crafted"', 0)
  end
  need(name, "string", "global_request", "the name")
  local want_reply = options.want_reply ~= false
  return self:packet{ "GLOBAL_REQUEST", type = name, want_reply = want_reply, data = options.data }
end

function conn:disconnect(text, code)
  if code ~= nil and not core.is_crafted(self) then
    error('disconnect: libssh sends no other code than 11; add engine = "crafted"', 0)
  end
  core.fault(self, "sends DISCONNECT")
  core.say(self, "disconnect", text or "fakesshd disconnects on purpose", code)
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

conn.log = core.log
