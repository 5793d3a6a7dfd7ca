-- Each question wants an answer, and nobody reads the answers: whoever writes them while it reads is
-- stuck.
return {
  about  = "Asks for signs of life without end and reads none of the answers.",
  rfc    = "4254 4",
  cites  = {
    "https://github.com/warp-tech/warpgate/pull/2549",
    "https://github.com/libssh2/libssh2/issues/2110",
  },
  engine = "crafted",
  kind   = "deaf",
  expect = { outcome = { "timeout", "failure" }, phase = { "data", "keepalive" } },
  listen = { small_buffer = true },

  serve = function(conn)
    conn:upto("data")
    conn:stop_reading()
    while conn.bytes_out < 524288 and conn:sleep(0) do
      for _ = 1, 100 do
        if not conn:packet{ "GLOBAL_REQUEST", type = "keepalive@openssh.com" } then return end
      end
    end
    conn:hold()
  end,
}
