-- Scenarios and manifests run in a sandbox: this is all of the language that they have.
std = {
  read_globals = {
    "assert", "error", "getmetatable", "ipairs", "math", "next", "pairs", "pcall", "rawequal",
    "rawget", "rawlen", "select", "string", "table", "tonumber", "tostring", "type",
    "xpcall", "_VERSION",
  },
}
max_line_length = 110
unused_args = false -- a serve function may not need its connection's variant
