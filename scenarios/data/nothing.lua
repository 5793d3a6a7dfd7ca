-- A message each moment, and never a byte of output: an idle timer never fires.
return {
  about  = "Sends empty output each 50 ms, without end.",
  rfc    = "4254 5.2",
  cites  = {
    "https://github.com/ytti/oxidized/issues/908",
    "https://github.com/hashicorp/terraform/issues/24431",
  },
  engine = "crafted",
  kind   = "dribble",
  expect = { outcome = "timeout", phase = "data" },
  variants = {
    { name = "data",          message = "CHANNEL_DATA" },
    { name = "extended-data", message = "CHANNEL_EXTENDED_DATA" },
    { name = "adjust",        message = "CHANNEL_WINDOW_ADJUST" },
    { name = "ping",          message = "PING",
      expect = { outcome = { "timeout", "failure" }, phase = "data" } },
  },

  serve = function(conn, v)
    conn:upto("data")
    while conn:packet{ v.message } and conn:sleep(0.05) do end
  end,
}
