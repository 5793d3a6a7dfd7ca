-- Dropbear's client. It has no deadline: -I counts idle seconds by a clock of whole seconds, and may end a
-- session of 200 ms. dropbear.expect lists what follows. Keys in OpenSSH's format it can't read, so it has
-- the password; known_hosts it finds in its home alone.
return {
  name     = "dropbear",
  kind     = "template",
  argv     = {
    "sh", "-c", [[
      export HOME="$1/$2" DROPBEAR_PASSWORD="$4" && shift && mkdir -p "$HOME/.ssh" &&
      printf '%s %s\n' "$1" "$2" >"$HOME/.ssh/known_hosts" && shift 3 && exec dbclient "$@"]],
    "dbclient", "{workdir}", "{host}", "{hostkey}", "{password}",
    "-p", "{port}", "{user}@{host}", "{command}",
  },
  version  = { "dbclient", "-V" },
  packages = { "dropbear-bin" },
  deadline = "none",
  auth     = { "password" },
}
