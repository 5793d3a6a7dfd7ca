-- curl sftp:// with --connect-timeout, "maximum time in seconds that you allow curl's connection to take",
-- which for SFTP covers the login, too. The transfer itself has no limit. It fetches a file named like the
-- command, which holds what the command would print; known hosts it finds in its home alone.
return {
  name     = "curl-sftp",
  kind     = "template",
  argv     = {
    "sh", "-c", [[
      name=$(printf '%s' "$4" | sed 's/ /%20/g') && export HOME="$1/$2.$name" && mkdir -p "$HOME/.ssh" &&
      cat "$3" >"$HOME/.ssh/known_hosts" && url="sftp://$2:$5/$name" && shift 5 && exec curl "$@" "$url"]],
    "curl", "{workdir}", "{host}", "{known_hosts}", "{command}", "{port}",
    "--disable", "--silent", "--show-error", "--connect-timeout", "{deadline_s}",
    "--user", "{user}:", "--key", "{key}",
  },
  version  = { "curl", "--version" },
  packages = { "curl" },
  deadline = "handshake",
  auth     = { "publickey" },
  scenarios = {
    "healthy/exec", "tcp", "ident", "kexinit", "kex", "newkeys", "service", "auth", "data/sftp-*",
  },
  outcomes = { exit = { [28] = "timeout" } },
}
