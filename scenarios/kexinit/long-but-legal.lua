-- RFC 4253 6.1 wants payloads of 32768 bytes understood, and sets no limit to the number of names.
return {
  about  = "Offers five hundred algorithms that nobody knows behind those that it uses, and is honest.",
  rfc    = "4253 6.1, 4253 7.1",
  expect = { outcome = "success" },
  engine = "crafted",

  serve = function(conn)
    local names = { "curve25519-sha256", "curve25519-sha256@libssh.org", "ecdh-sha2-nistp256" }
    for i = 1, 500 do names[#names + 1] = ("unknown-%d@kex.example.com"):format(i) end
    conn:offer{ kex = table.concat(names, ",") }
    conn:healthy()
  end,
}
