-- Dropbear's client with what dbclient(1) has about time: -I, "disconnect the session if no traffic is
-- transmitted or received for idle_timeout seconds". It counts whole seconds, may end a session one of them
-- too soon, and then exits with status 0. With -K, which sends keepalives, their answers are traffic, and -I
-- ends nothing any more.
return {
  name     = "dropbear-timeouts",
  kind     = "template",
  argv     = {
    "sh", "-c", [[
      export HOME="$1/$2" DROPBEAR_PASSWORD="$4" && shift && mkdir -p "$HOME/.ssh" &&
      printf '%s %s\n' "$1" "$2" >"$HOME/.ssh/known_hosts" && shift 3 && exec dbclient "$@"]],
    "dbclient", "{workdir}", "{host}", "{hostkey}", "{password}",
    "-I", "{deadline_s_ceil}", "-p", "{port}", "{user}@{host}", "{command}",
  },
  version  = { "dbclient", "-V" },
  packages = { "dropbear-bin" },
  min_deadline = 2,
  deadline = "handshake",
  auth     = { "password" },
  outcomes = {
    stderr = {
      { "timed out", "timeout" },
    },
  },
}
