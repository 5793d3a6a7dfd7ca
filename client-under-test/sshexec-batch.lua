-- The bundled client's batch: a list of one task, on standard input. Of its line of results the exit
-- status and the last line of the output are what a command would have said itself.
local script = [[
line=$(printf '%s %s\n' "$1" "$2" |
  "$0" batch --deadline "$3" -i "$4" --hostkey "$5" -l "$6" -p "$7" --dns "$8")
code=$?
status=$(printf '%s' "$line" | cut -f 2)
[ "$status" = - ] && exit $code
printf '%s\n' "$(printf '%s' "$line" | cut -f 5)"
exit "$status"
]]

return {
  name     = "sshexec-batch",
  kind     = "template",
  argv     = {
    "sh", "-c", script, "{bin}/sshexec", "{host}", "{command}", "{deadline_ms}ms", "{key}",
    "{hostkey}", "{user}", "{port}", "{dns}",
  },
  version  = { "{bin}/sshexec", "--version" },
  deadline = "total",
  auth     = { "publickey", "password" },
  outcomes = { exit = { [124] = "timeout", [255] = "failure" } },
}
