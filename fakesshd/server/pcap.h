/* What went over each connection, as a capture file that Wireshark and tshark read. The bytes are
 * those that the sockets took and gave; the TCP around them is made here, with the addresses and
 * the flags of the real connection and sequence numbers from 1. Nothing is captured from a network,
 * so no right to do so is needed, and what the kernel retransmits isn't there.
 *
 * Format: the pcap file of draft-ietf-opsawg-pcap, with nanoseconds, LINKTYPE_RAW. */
#ifndef SERVER_PCAP_H
#define SERVER_PCAP_H

#include "base/err.h"
#include "server/buffer.h"

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

struct pcap;

/* One connection. Zero: it is not captured. */
struct pcap_flow {
    struct pcap *pcap; /* borrowed; NULL: nothing is written */
    struct sockaddr_storage ends[2];
    uint32_t next[2]; /* sequence number of the next byte */
};

enum pcap_side { PCAP_CLIENT, PCAP_SERVER };

/* Makes the file, or empties it. */
enum err pcap_open(struct pcap **pcap, const char *path, struct err_text *error);
void pcap_close(struct pcap **pcap);

/* The connection was accepted: its handshake. `pcap` may be NULL. */
void pcap_begin(struct pcap_flow *flow, struct pcap *pcap, const struct sockaddr_storage *client,
                const struct sockaddr_storage *server, int64_t now_ns);
/* One side sent these bytes. */
void pcap_bytes(struct pcap_flow *flow, enum pcap_side from, const void *bytes, size_t length,
                int64_t now_ns);
/* One side ended its direction, or reset the connection. */
void pcap_end(struct pcap_flow *flow, enum pcap_side from, bool reset, int64_t now_ns);

/* ---- for tests ---- */

/* Appends the file's header; one packet with TCP's flags. */
void pcap_put_header(struct buffer *out);
void pcap_put_packet(struct buffer *out, const struct pcap_flow *flow, enum pcap_side from,
                     uint8_t flags, const void *bytes, size_t length, int64_t now_ns);

#endif
