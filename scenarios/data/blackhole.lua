-- The cable is pulled while a command runs. Nothing comes, nothing is read, and TCP has nothing to say
-- for hours: the commonest report of all.
return {
  about  = "Prints a little, then neither sends nor reads anything.",
  rfc    = "4254 5.2",
  cites  = {
    "https://github.com/golang/go/issues/19338",
    "https://github.com/borgbackup/borg/issues/3754",
    "https://github.com/paramiko/paramiko/issues/86",
  },
  expect = { outcome = "timeout", phase = "data" },
  kind   = "deaf",

  serve = function(conn)
    local channel = conn:upto("data")
    if channel then channel:write("working") end
    conn:stop_reading()
    conn:hold()
  end,
}
