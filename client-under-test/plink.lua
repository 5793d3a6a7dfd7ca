-- PuTTY's plink, which has no option for a deadline; plink.expect lists what follows. It takes a host key as
-- the second word of the line, and keeps what it remembers in its home.
return {
  name     = "plink",
  kind     = "template",
  argv     = {
    "sh", "-c", [[
      export HOME="$1" && key=${2#* } && shift 2 && exec plink -hostkey "$key" "$@"]],
    "plink", "{workdir}", "{hostkey}",
    "-ssh", "-batch", "-no-antispoof", "-P", "{port}", "-pw", "{password}", "{user}@{host}", "{command}",
  },
  version  = { "plink", "-V" },
  packages = { "putty-tools" },
  deadline = "none",
  auth     = { "password" },
}
