-- NETCONF over SSH (RFC 6242): the server's hello, and an answer to each rpc. A message ends with
-- ]]>]]>, and comes in chunks once both sides have said that they know base:1.1.
local _, lib = ...
local format, concat = string.format, table.concat

local END, END_OF_CHUNKS = "]]>]]>", "\n##\n"
local MESSAGE_MAX_BYTES = 256 * 1024
local BASE = "urn:ietf:params:netconf:base:"
local HELLO = format('<?xml version="1.0" encoding="UTF-8"?>\n<hello xmlns="%s1.0"><capabilities>'
  .. "<capability>%s1.0</capability><capability>%s1.1</capability></capabilities>"
  .. "<session-id>1</session-id></hello>\n", BASE, BASE, BASE)
local REPLY = '<?xml version="1.0" encoding="UTF-8"?>\n<rpc-reply xmlns="%s1.0"%s>%s</rpc-reply>\n'

local netconf = {}
lib.protocols.netconf = netconf

function netconf.check(name)
  if name ~= "hello" and name ~= "rpc" then
    error(format("netconf: expected 'hello' (the server's own) or 'rpc', found '%s'", tostring(name)), 0)
  end
end

function netconf.start(state)
  state.is_chunked, state.said_hello, state.heard_hello = false, false, false
  state.chunks, state.chunk_bytes = {}, 0
end

---------------------------------------------------------------------------------------------------
-- What comes. A message's text; nil while it isn't whole.

local function take_framed(state)
  local from, to = state.input:find(END, state.at, true)
  if not from then return nil end
  local text = state.input:sub(state.at, from - 1)
  state.at = to + 1
  return text
end

-- LF # size LF bytes, as often as needed, LF # # LF (RFC 6242 4.2)
local function take_chunks(state)
  while true do
    local head = state.input:sub(state.at, state.at + 12)
    if head:sub(1, 4) == END_OF_CHUNKS then
      local text = concat(state.chunks)
      state.at, state.chunks, state.chunk_bytes = state.at + 4, {}, 0
      return text
    end
    local size, behind = head:match("^\n#([1-9]%d*)\n()")
    if not size then
      state.over = #head == 13 or head:sub(1, 1) ~= "\n" and head ~= ""
      return nil
    end
    local from, to = state.at + behind - 1, state.at + behind + tonumber(size) - 2
    if #state.input < to then return nil end
    state.chunks[#state.chunks + 1] = state.input:sub(from, to)
    state.chunk_bytes, state.at = state.chunk_bytes + tonumber(size), to + 1
  end
end

local function take(state)
  local text
  if state.is_chunked then text = take_chunks(state) else text = take_framed(state) end
  local kept = #state.input - state.at + state.chunk_bytes
  if not text and kept > MESSAGE_MAX_BYTES then state.over = true end
  return text
end

function netconf.next(state)
  if state.over then return nil end
  if not state.said_hello then
    state.said_hello = true
    return { name = "hello" }
  end
  local text = take(state)
  if text and not state.heard_hello then
    state.heard_hello = true
    state.is_chunked = text:find(BASE .. "1.1", 1, true) ~= nil
    text = take(state)
  end
  if not text then return nil end
  local id = text:sub(1, 4096):match("message%-id%s*=%s*[\"']([^\"'<>]*)[\"']")
  return { name = "rpc", id = id, text = text }
end

---------------------------------------------------------------------------------------------------
-- What is answered

function netconf.reply(state, request)
  if request.name == "hello" then return HELLO .. END end
  local function asks(word) return request.text:find("<" .. word, 1, true) end
  state.over = asks("close-session") ~= nil
  local id = request.id and format(' message-id="%s"', request.id) or ""
  local text = format(REPLY, BASE, id, asks("get") and "<data/>" or "<ok/>")
  if not state.is_chunked then return text .. END end
  return format("\n#%d\n%s%s", #text, text, END_OF_CHUNKS)
end
