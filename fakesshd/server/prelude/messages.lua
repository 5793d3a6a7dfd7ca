-- Verbs for any message: the crafted session.
local core, lib, conn = ...
local need, options_of, need_crafted = lib.need, lib.options_of, lib.need_crafted
local await, has_room, naming = lib.await, lib.has_room, lib.naming
local format, sub, sort = string.format, string.sub, table.sort

local function short(value)
  if type(value) == "string" then
    return #value > 24 and format("%d bytes", #value) or format("%q", value)
  end
  return type(value) == "table" and "{...}" or tostring(value)
end

-- "CHANNEL_DATA, data = "x"": what a message says beyond the usual.
local function describe(message)
  local names, text = {}, tostring(message[1] or "raw bytes")
  for name in pairs(message) do
    if type(name) == "string" then names[#names + 1] = name end
  end
  sort(names)
  for _, name in ipairs(names) do text = format("%s, %s = %s", text, name, short(message[name])) end
  return text
end

local frame_options =
  { packet_length = true, padding_length = true, spoil_mac = true, cut = true, extra = true }

-- A loop that says something each time round gives the others their turn now and then.
local SAID_PER_TURN = 16
local said = 0 -- by all connections

local function give_turn(self)
  said = said + 1
  if said % SAID_PER_TURN == 0 then core.wait(self, 0) end
end

function conn:packet(message, frame)
  need_crafted(self, "packet")
  need(message, "table", "packet", "the message")
  options_of(frame, frame_options, "packet")
  core.fault(self, "says " .. describe(message) .. (frame and "; its frame is wrong" or ""))
  give_turn(self)
  if not await(self, has_room) then return false end
  return core.packet(self, message, frame)
end

function conn:expect(name, seconds)
  need_crafted(self, "expect")
  need(name, "string", "expect", "the message")
  local function came() return core.expect(self, name) or core.ended(self) end
  local found = await(self, came, seconds and core.now() + seconds)
  if type(found) == "table" then return found end
  core.expect_no_more(self, name)
  return nil
end

function conn:intercept(...)
  need_crafted(self, "intercept")
  for _, name in ipairs{ ... } do core.intercept(self, name) end
end

function conn:alter(name, fields)
  need_crafted(self, "alter")
  need(name, "string", "alter", "the message")
  need(fields, "table", "alter", "the fields")
  core.fault(self, "will say " .. name .. sub(describe(fields), #describe({}) + 1))
  for field, value in pairs(fields) do core.alter_field(self, name, field, value) end
end

function conn:withhold(name)
  need_crafted(self, "withhold")
  core.fault(self, "will never say " .. naming(name))
  core.rule(self, "withhold", name)
end

function conn:again(name, n)
  need_crafted(self, "again")
  core.fault(self, format("will say %s %d times more", naming(name), n or 1))
  core.rule(self, "again", name, n)
end

function conn:corrupt(name)
  need_crafted(self, "corrupt")
  core.fault(self, "will say " .. naming(name) .. " with a wrong MAC")
  core.rule(self, "corrupt", name)
end

function conn:offer(lists)
  need_crafted(self, "offer")
  need(lists, "table", "offer", "the lists")
  for list, names in pairs(lists) do core.offer(self, list, names) end
end

function conn:hostkey(kind)
  need_crafted(self, "hostkey")
  return core.hostkey(self, kind)
end

function conn:sign(data, algorithm)
  need_crafted(self, "sign")
  return core.sign(self, need(data, "string", "sign", "what is signed"), algorithm)
end

function conn:session_id()
  need_crafted(self, "session_id")
  return core.session_id(self)
end
