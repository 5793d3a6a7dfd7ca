-- Verbs of waiting, bytes, the socket and the gates.
local core, lib, conn = ...
local need, options_of, naming = lib.need, lib.options_of, lib.naming
local await, never, has_room = lib.await, lib.never, lib.has_room
local format, sub, rep, min, max = string.format, string.sub, string.rep, math.min, math.max

function conn:sleep(seconds)
  need(seconds, "number", "sleep", "seconds")
  local until_s = core.now() + max(0, seconds)
  core.wait(self, max(0, seconds)) -- even when that's nothing, so that the others get their turn
  return await(self, never, until_s) == false
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

-- libssh's messages are known to the wire while they go in the clear; the crafted session knows all.
local function hold(self, where, message)
  if core.is_crafted(self) then
    core.rule(self, where, message)
  else
    core.hold(self, where, message)
  end
end

function conn:hold_before(message)
  core.fault(self, "will send nothing from " .. naming(message) .. " on")
  hold(self, "before", message)
end

function conn:hold_after(message)
  core.fault(self, "will send nothing after " .. naming(message))
  hold(self, "after", message)
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
