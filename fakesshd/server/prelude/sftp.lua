-- SFTP version 3 (draft-ietf-secsh-filexfer-02), enough for reading and writing files. A file of any
-- name is there, and holds the last word of its name, as the honest command prints its last word,
-- until it is written. What the client reads out of files counts as the command's output.
local core, lib = ...
local pack, unpack, format = string.pack, string.unpack, string.format
local min, max = math.min, math.max

local PACKET_MAX_BYTES, READ_MAX_BYTES = 256 * 1024 + 1024, 64 * 1024
local FILE_MAX_BYTES, FILES_MAX, HANDLES_MAX = 256 * 1024, 16, 64

-- 3: number, how its fields are packed behind the id, their names
local requests = {
  INIT     = { 1, "", {} }, -- the version stands where others have their id
  OPEN     = { 3, ">s4I4", { "path", "flags" } },
  CLOSE    = { 4, ">s4", { "handle" } },
  READ     = { 5, ">s4I8I4", { "handle", "offset", "length" } },
  WRITE    = { 6, ">s4I8s4", { "handle", "offset", "data" } },
  LSTAT    = { 7, ">s4", { "path" } },
  FSTAT    = { 8, ">s4", { "handle" } },
  SETSTAT  = { 9, ">s4", { "path" } },
  FSETSTAT = { 10, ">s4", { "handle" } },
  OPENDIR  = { 11, ">s4", { "path" } },
  READDIR  = { 12, ">s4", { "handle" } },
  REMOVE   = { 13, ">s4", { "path" } },
  MKDIR    = { 14, ">s4", { "path" } },
  RMDIR    = { 15, ">s4", { "path" } },
  REALPATH = { 16, ">s4", { "path" } },
  STAT     = { 17, ">s4", { "path" } },
  RENAME   = { 18, ">s4s4", { "path", "to" } },
  READLINK = { 19, ">s4", { "path" } },
  SYMLINK  = { 20, ">s4s4", { "path", "to" } },
  EXTENDED = { 200, ">s4", { "path" } },
}
local names = {}
for name, row in pairs(requests) do names[row[1]] = name end

local sftp = {}
lib.protocols.sftp = sftp

function sftp.check(name)
  if not requests[name] then
    error(format("sftp: there is no request '%s'; they are called INIT, OPEN, READ ...", tostring(name)), 0)
  end
end

function sftp.start(state)
  state.files, state.file_count = {}, 0 -- by path: what was written
  state.handles, state.handle_count, state.open_count = {}, 0, 0 -- by handle: its path
  core.channel_told(state.channel, "")
end

---------------------------------------------------------------------------------------------------
-- What comes: uint32 length, byte type, uint32 id, ... (section 3)

local function parse(body)
  local number, id = unpack(">BI4", body)
  local request = { name = names[number] or tostring(number), number = number, id = id }
  local row = requests[request.name]
  if row then
    local values = { unpack(row[2], body, 6) }
    for i, field in ipairs(row[3]) do request[field] = values[i] end
  end
  return request
end

function sftp.next(state)
  local there = #state.input - state.at + 1
  if there < 4 or state.over then return nil end
  local length = unpack(">I4", state.input, state.at)
  if length > PACKET_MAX_BYTES then
    state.over = true -- as sftp-server does
    return nil
  end
  if there < 4 + length then return nil end
  local body = state.input:sub(state.at + 4, state.at + 3 + length)
  state.at = state.at + 4 + length
  local is_whole, request = pcall(parse, body)
  return is_whole and request or { name = "malformed", id = 0 }
end

---------------------------------------------------------------------------------------------------
-- What is answered (section 7)

local OK, EOF, NO_SUCH_FILE, FAILURE, BAD_MESSAGE, UNSUPPORTED = 0, 1, 2, 4, 5, 8
local texts = { [OK] = "Success", [EOF] = "End of file", [NO_SUCH_FILE] = "No such file",
                [FAILURE] = "Failure", [BAD_MESSAGE] = "Bad message", [UNSUPPORTED] = "Not supported" }

local function framed(body) return pack(">s4", body) end

local function status(request, code)
  return framed(pack(">BI4I4s4s4", 101, request.id, code, texts[code], ""))
end

local function word_of(path)
  return (path:sub(-256):match("([^ /]*)[ /]*$")) .. "\n"
end

local function is_folder(path) return path == "" or path:sub(-1) == "/" or path:sub(-1) == "." end

local function content(state, path) return state.files[path] or word_of(path) end

-- uint32 flags (size, permissions), uint64 size, uint32 permissions (section 5)
local function attributes(state, request, path)
  local folder = is_folder(path)
  local size = folder and 0 or #content(state, path)
  return framed(pack(">BI4I4I8I4", 105, request.id, 5, size, folder and 16877 or 33188))
end

local answers = {}

function answers.INIT() return framed(pack(">BI4", 2, 3)) end

function answers.REALPATH(state, request)
  local path = request.path
  if path == "." or path == "" then path = "/" end
  if path:sub(1, 1) ~= "/" then path = "/" .. path end
  return framed(pack(">BI4I4s4s4I4", 104, request.id, 1, path, path, 0))
end

function answers.STAT(state, request) return attributes(state, request, request.path) end
answers.LSTAT = answers.STAT

function answers.FSTAT(state, request)
  local path = state.handles[request.handle]
  return path and attributes(state, request, path) or status(request, FAILURE)
end

local function keep(state, path, bytes)
  if state.files[path] == nil then
    if state.file_count >= FILES_MAX then return false end
    state.file_count = state.file_count + 1
  end
  state.files[path] = bytes
  return true
end

function answers.OPEN(state, request)
  local TRUNC = 16
  if is_folder(request.path) or state.open_count >= HANDLES_MAX then return status(request, FAILURE) end
  if request.flags & TRUNC ~= 0 and not keep(state, request.path, "") then
    return status(request, FAILURE)
  end
  state.handle_count, state.open_count = state.handle_count + 1, state.open_count + 1
  local handle = tostring(state.handle_count)
  state.handles[handle] = request.path
  return framed(pack(">BI4s4", 102, request.id, handle))
end

function answers.CLOSE(state, request)
  if not state.handles[request.handle] then return status(request, FAILURE) end
  state.handles[request.handle], state.open_count = nil, state.open_count - 1
  return status(request, OK)
end

function answers.READ(state, request)
  local path = state.handles[request.handle]
  if not path or request.offset < 0 then return status(request, FAILURE) end
  local bytes = content(state, path)
  if request.offset >= #bytes then return status(request, EOF) end
  local from = request.offset + 1
  bytes = bytes:sub(from, from + min(request.length, READ_MAX_BYTES) - 1)
  core.channel_told(state.channel, bytes)
  return framed(pack(">BI4s4", 103, request.id, bytes))
end

function answers.WRITE(state, request)
  local path, offset, data = state.handles[request.handle], request.offset, request.data
  if not path or offset < 0 or offset > FILE_MAX_BYTES or offset + #data > FILE_MAX_BYTES then
    return status(request, FAILURE)
  end
  local before = content(state, path)
  before = before .. ("\0"):rep(max(0, offset - #before))
  local after = before:sub(1, offset) .. data .. before:sub(offset + #data + 1)
  return status(request, keep(state, path, after) and OK or FAILURE)
end

function answers.REMOVE(state, request)
  if state.files[request.path] then
    state.files[request.path], state.file_count = nil, state.file_count - 1
  end
  return status(request, OK)
end

function answers.SETSTAT(_, request) return status(request, OK) end
answers.FSETSTAT = answers.SETSTAT

function sftp.reply(state, request)
  if request.name == "malformed" then return status(request, BAD_MESSAGE) end
  local answer = answers[request.name]
  return answer and answer(state, request) or status(request, UNSUPPORTED)
end
