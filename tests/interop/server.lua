-- A correct server whose commands show what a client and it make of each other.
local commands = {}

local function finish(channel, status)
  channel:exit_status(status)
  channel:eof()
  channel:close()
end

-- "status N": both streams and the status.
function commands.status(_, channel, n)
  channel:write("out " .. n .. "\n")
  channel:write_stderr("err " .. n .. "\n")
  finish(channel, tonumber(n))
end

-- "rekey N": numbers, with N key exchanges that the server asks for among them.
function commands.rekey(conn, channel, n)
  for i = 1, tonumber(n) do
    channel:write((i .. " "):rep(5000))
    conn:rekey()
  end
  channel:write("end\n")
  finish(channel, 3)
end

-- "flood N": N lines of 16 bytes.
function commands.flood(_, channel, n)
  channel:write(("0123456789abcde\n"):rep(tonumber(n)))
  finish(channel, 0)
end

-- "count": how many bytes came.
function commands.count(_, channel)
  while channel:read(1024) do end
  channel:write(channel.stdin_bytes .. "\n")
  finish(channel, 0)
end

-- "scp -pf FILE": the sender of a file of twelve bytes.
function commands.scp(_, channel)
  channel:read(1)
  channel:write("T0 0 0 0\n")
  channel:read(1)
  channel:write("C0644 12 file\n")
  channel:read(1)
  channel:write("twelve bytes\0")
  channel:read(1)
  finish(channel, 0)
end

return {
  about  = "A correct server with a few commands.",
  kind   = "legal",
  engine = "crafted",
  expect = { outcome = "success" },
  variants = {
    { name = "ed25519", hostkey = { "ssh-ed25519" } },
    { name = "rsa", hostkey = { "rsa-sha2-512", "rsa-sha2-256" } },
  },
  serve = function(conn, variant)
    conn:offer{ hostkey = variant.hostkey }
    local channel = conn:upto("data")
    local name, word = ((channel and channel.command) or ""):match("^%s*(%S+)%s*(%S*)")
    if commands[name] then
      commands[name](conn, channel, word)
    end
    conn:healthy()
  end,
}
