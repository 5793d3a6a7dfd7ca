/* What a scenario can do: every verb of a connection and of a channel, written once. The manual's
 * tables are made from these rows, and a test holds them against prelude/, where the verbs are
 * defined. */
#ifndef SERVER_VERBS_H
#define SERVER_VERBS_H

/* name, usage, engine ("any", or "crafted" for what libssh cannot say), sentence */
#define CONN_VERBS(X)                                                                                 \
    X("send", "conn:send(bytes)", "any",                                                              \
      "Sends bytes as they are. Returns false when the client left.")                                 \
    X("dribble", "conn:dribble(bytes, { every = seconds, n = 1 })", "any",                            \
      "Sends bytes n at a time. Returns false when the client left first.")                           \
    X("flood", "conn:flood(bytes, { limit_bytes = n, seconds = s })", "any",                          \
      "Sends bytes again and again, as fast as the client takes them. Returns how many were sent.")   \
    X("read", "conn:read(n [, seconds])", "any",                                                      \
      "Reads n raw bytes. Returns them, or nil when the client left or the time was over.")           \
    X("read_line", "conn:read_line([seconds])", "any",                                                \
      "Reads a raw line. Returns it without its end, or nil.")                                        \
    X("sleep", "conn:sleep(seconds)", "any",                                                          \
      "Waits. Returns true, or false when the client left first.")                                    \
    X("hold", "conn:hold([seconds])", "any",                                                          \
      "Keeps the connection open and does nothing, until the client leaves or the time is over.")     \
    X("finish", "conn:finish()", "any", "Sends what is queued, then FIN.")                            \
    X("half_close", "conn:half_close()", "any",                                                       \
      "Sends what is queued, then FIN, and still reads.")                                             \
    X("reset", "conn:reset()", "any", "Resets the connection (RST), at once.")                        \
    X("stop_reading", "conn:stop_reading()", "any",                                                   \
      "Reads nothing more from the client; its send buffer fills.")                                   \
    X("resume_reading", "conn:resume_reading()", "any", "Reads again.")                               \
    X("hold_before", "conn:hold_before(message)", "any",                                              \
      "Lets nothing pass from this message on. Messages that go in the clear: IDENT, KEXINIT, "       \
      "KEX_REPLY, NEWKEYS, IGNORE, DEBUG, DISCONNECT; with engine = crafted any name, or k for the "  \
      "k-th message that the server sends, IDENT being the first.")                                   \
    X("hold_after", "conn:hold_after(message)", "any", "Lets nothing pass after this message.")       \
    X("cut", "conn:cut(n [, \"out\"|\"in\"])", "any", "Lets n more bytes pass, then nothing.")        \
    X("drip", "conn:drip(n, seconds [, \"out\"|\"in\"])", "any",                                      \
      "Lets n bytes pass each so many seconds.")                                                      \
    X("flip", "conn:flip(n [, \"out\"|\"in\"])", "any", "Damages the n-th byte from now.")            \
    X("open_gates", "conn:open_gates()", "any",                                                       \
      "Undoes hold_before, hold_after, cut, drip, flip and stop_reading.")                            \
    X("upto", "conn:upto(phase)", "any",                                                              \
      "Is an honest server until the connection is in this phase, and withholds what leads beyond "   \
      "it. Returns true, or the channel from phase request on; false when the client left.")          \
    X("upto_hold", "conn:upto_hold([seconds])", "any",                                                \
      "Is an honest server until a hold takes effect. Returns false when none did.")                  \
    X("healthy", "conn:healthy()", "any",                                                             \
      "Is an honest server to the end. Returns when the client left.")                                \
    X("ident",                                                                                        \
      "conn:ident{ software = text, lines = { text, ... }, every = seconds, line = text }", "any",    \
      "Sends lines before the identification string, then the string; with engine = crafted the "     \
      "string may be a whole line, with its CR LF or LF. Then the phase is kexinit.")                 \
    X("kex", "conn:kex()", "any", "Exchanges keys. Then the phase is service.")                       \
    X("auth", "conn:auth([{ accept = false, delay = seconds }])", "any",                              \
      "Waits for one authentication request and answers it; by its credentials, unless told "         \
      "otherwise. Returns its method, or false when the client left.")                                \
    X("banner", "conn:banner(text)", "any", "Sends USERAUTH_BANNER (RFC 4252 5.4).")                  \
    X("ignore", "conn:ignore([text])", "any", "Sends IGNORE (RFC 4253 11.2).")                        \
    X("debug", "conn:debug([text])", "any", "Sends DEBUG (RFC 4253 11.3).")                           \
    X("global_request", "conn:global_request(name [, { want_reply = true, data = bytes }])",          \
      "any", "Sends a global request (RFC 4254 4); with libssh only keepalive@openssh.com.")          \
    X("rekey", "conn:rekey()", "any", "Begins another key exchange (RFC 4253 9).")                    \
    X("disconnect", "conn:disconnect([text [, code]])", "any",                                        \
      "Sends DISCONNECT (RFC 4253 11.1), then FIN. The code is 11; another with engine = crafted.")   \
    X("packet", "conn:packet({ name, field = value } [, frame])", "crafted",                          \
      "Sends any message now; see MESSAGES. Or bytes as they are: { raw = bytes }. A recipient that " \
      "isn't given is the channel that the client opened last. True while the session goes on.")      \
    X("expect", "conn:expect(message [, seconds])", "crafted",                                        \
      "Waits for this message from the client and takes it: nobody but the script answers it, and "   \
      "the server knows nothing of it. Returns its fields, or nil.")                                  \
    X("intercept", "conn:intercept(message, ...)", "crafted",                                         \
      "From now on nobody handles these messages; expect finds them.")                                \
    X("alter", "conn:alter(message, { field = value })", "crafted",                                   \
      "Changes fields of the next such message that the server says by itself.")                      \
    X("withhold", "conn:withhold(message)", "crafted",                                                \
      "From now on the server doesn't say this message by itself; everything else goes on, and the "  \
      "script may say it. Without NEWKEYS what follows goes in clear.")                               \
    X("again", "conn:again(message [, n])", "crafted",                                                \
      "The next such message is sent n times more (1). A message that never comes leaves this, and "  \
      "alter, withhold and corrupt, without a word.")                                                 \
    X("corrupt", "conn:corrupt(message)", "crafted", "The next such message has a wrong MAC.")        \
    X("hostkey", "conn:hostkey([type])", "crafted",                                                   \
      "The server's public key as it goes over the wire: \"ssh-ed25519\", "                           \
      "\"ecdsa-sha2-nistp256\" or \"ssh-rsa\".")                                                      \
    X("sign", "conn:sign(bytes [, algorithm])", "crafted",                                            \
      "The host key's signature as it goes over the wire: \"ssh-ed25519\", \"rsa-sha2-512\", "        \
      "\"rsa-sha2-256\", \"ssh-rsa\" or \"ecdsa-sha2-nistp256\".")                                    \
    X("session_id", "conn:session_id()", "crafted",                                                   \
      "The session identifier (RFC 4253 7.2), or nil.")                                               \
    X("offer", "conn:offer{ kex = names, hostkey = names, cipher = names, mac = names }",             \
      "crafted",                                                                                      \
      "Offers these algorithms, before upto. It signs as ssh-ed25519, ecdsa-sha2-nistp256, "          \
      "rsa-sha2-512, rsa-sha2-256 and ssh-rsa, which are all offered otherwise, in this order.")      \
    X("channel", "conn:channel([{ accept = false }])", "any",                                         \
      "Waits for the client to open a channel and accepts it, or refuses. Returns the channel, true " \
      "when it was refused, false when the client left.")                                             \
    X("barrier", "conn:barrier(n [, name])", "any",                                                   \
      "Waits until n connections of this scenario stand here. Returns false when the client left.")   \
    X("log", "conn:log(text)", "any", "Writes a line to the server's log.")

#define CHANNEL_VERBS(X)                                                                       \
    X("request", "channel:request()", "any",                                                   \
      "Waits for the next request. Returns { type, command, right }, or false.")               \
    X("accept", "channel:accept()", "any", "Answers the oldest request with success.")         \
    X("refuse", "channel:refuse()", "any", "Answers the oldest request with failure.")         \
    X("write", "channel:write(bytes)", "any",                                                  \
      "Sends output, as the window allows. Returns false when the client left.")               \
    X("write_stderr", "channel:write_stderr(bytes)", "any", "Sends error output.")             \
    X("exit_status", "channel:exit_status(n)", "any", "Sends exit-status (RFC 4254 6.10).")    \
    X("exit_signal", "channel:exit_signal(name)", "any", "Sends exit-signal (RFC 4254 6.10).") \
    X("eof", "channel:eof()", "any", "Sends EOF (RFC 4254 5.3).")                              \
    X("close", "channel:close()", "any",                                                       \
      "Sends CLOSE (RFC 4254 5.3); libssh sends EOF before it.")                               \
    X("adjust", "channel:adjust(n)", "crafted", "Sends WINDOW_ADJUST (RFC 4254 5.2).")         \
    X("read", "channel:read(n [, seconds])", "any",                                            \
      "Reads n bytes of standard input. Returns them, fewer when the client ends it before, "  \
      "or nil. At most 64 KiB wait to be read; what comes beyond is counted and dropped.")     \
    X("sftp", "channel:sftp(request, ...)", "any",                                             \
      "Is an honest SFTP server until one of these requests comes, which the script answers: " \
      "see SUBSYSTEMS. Returns it, or false when the client ended, or asked for no sftp.")     \
    X("netconf", "channel:netconf(request, ...)", "any",                                       \
      "The same for NETCONF: \"hello\" is the server's own, \"rpc\" any of the client's.")

/* name, sentence; `conn.deadline` and so on */
#define CONN_FACTS(X)                                                    \
    X("conn.deadline", "the client's deadline in seconds")               \
    X("conn.elapsed", "seconds since the client's task began")           \
    X("conn.nth", "this is the scenario's n-th connection, from 1")      \
    X("conn.slot", "which of the server's addresses it came to, from 0") \
    X("conn.phase", "the phase that the connection is in")               \
    X("conn.bytes_in", "bytes received so far")                          \
    X("conn.bytes_out", "bytes sent so far")                             \
    X("channel.command", "the command that was asked for")               \
    X("channel.subsystem", "the subsystem that was asked for")           \
    X("channel.answer", "what the honest command would print")           \
    X("channel.number", "how the server calls it")                       \
    X("channel.peer", "how the client calls it; engine = crafted")       \
    X("channel.stdin_bytes", "bytes of standard input received")         \
    X("channel.stdin_eof", "the client sent EOF")                        \
    X("channel.client_closed", "the client sent CLOSE")

#endif
