/* The options of `fakesshd serve`, written once: getopt's table, its help and the manual's list. */
#ifndef CLI_SERVE_OPTIONS_H
#define CLI_SERVE_OPTIONS_H

/* long name, short name, takes a value, what it is for */
#define SERVE_OPTIONS(X)                                                                                               \
    X("listen", 'l', true,                                                                                             \
      "HOST[:PORT]: where to listen; 127.0.0.1 and a free port unless said otherwise")                                 \
    X("allow-other-hosts", 'O', false, "allow an address that is not loopback's")                                      \
    X("deadline", 'd', true, "what the scripts' conn.deadline says; 3s unless said otherwise")                         \
    X("slots", 'n', true, "N: listen on N addresses 127.x.s.1 with one port")                                          \
    X("once", '1', false, "end when the first connection has ended")                                                   \
    X("events", 'e', true, "FILE: write events there; - is standard output")                                           \
    X("pcap", 'p', true,                                                                                               \
      "FILE: write what went over each connection as a capture for tshark (-d tcp.port==PORT,ssh) and Wireshark; the " \
      "bytes are those of the sockets, the TCP around them is made up, with the flags of the real connection")         \
    X("host-keys", 'k', true,                                                                                          \
      "LIST: which are shown, of ed25519,ecdsa,rsa, or all; ed25519 unless said otherwise, for a client chooses "      \
      "among them, and one that pins a key may prefer another")                                                        \
    X("seed", 's', true, "of the scripts' random numbers; 1")                                                          \
    X("control", 'c', true,                                                                                            \
      "unix:PATH|ADDRESS:PORT: serve no scenario, but leases of scenarios to whoever asks; may be given several times")

#endif
