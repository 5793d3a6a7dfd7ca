-- What the verbs share. `core` holds primitives that act at once; the only one that waits is
-- core.wait, which returns whenever anything happened to the connection, so each verb looks at the
-- facts again.
local core, lib = ...
local format = string.format

local OUTPUT_FULL = 65536

function lib.need(value, wanted, verb, what)
  if type(value) ~= wanted then
    error(format("%s: expected %s to be a %s, found %s", verb, what, wanted, type(value)), 0)
  end
  return value
end

function lib.options_of(given, known, verb)
  if given == nil then return {} end
  lib.need(given, "table", verb, "the options")
  for name in pairs(given) do
    if not known[name] then error(format("%s: there is no option '%s'", verb, tostring(name)), 0) end
  end
  return given
end

-- Waits until `done` says so. Returns what it said; nil when the client left, false when the time was
-- over (core.now() >= `until_s`).
function lib.await(self, done, until_s)
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

function lib.never() return false end

function lib.has_room(self) return core.unsent(self) < OUTPUT_FULL end

-- What only the crafted session can say.
function lib.need_crafted(self, verb)
  if not core.is_crafted(self) then
    error(verb .. ': libssh cannot say this; add engine = "crafted"', 0)
  end
end

-- A message's name, or which one the server sends.
function lib.naming(message)
  return type(message) == "number" and "message " .. tostring(message) or tostring(message)
end
