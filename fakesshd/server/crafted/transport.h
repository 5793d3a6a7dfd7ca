/* Packets over a wire: framing, sequence numbers, and which keys protect what (RFC 4253 6). Knows
 * nothing of what messages mean, except that NEWKEYS is where keys change. */
#ifndef SERVER_CRAFTED_TRANSPORT_H
#define SERVER_CRAFTED_TRANSPORT_H

#include "server/crafted/cipher.h"
#include "server/wire.h"

struct transport {
    struct wire *wire;                  /* borrowed: lives longer than the session */
    struct cipher *in, *out;            /* owned */
    struct cipher *next_in, *next_out;  /* owned; from the next NEWKEYS on, NULL: no change */
    uint32_t sequence_in, sequence_out; /* of the next packet */
    uint32_t packets_in, packets_out;   /* under these keys */
    bool strict;                        /* sequence numbers begin again with new keys */
    size_t taken;                       /* bytes of the packet that is being looked at */
    size_t unused;                      /* bytes that had come when nothing whole was there */
};

/* False when memory is short. */
bool transport_init(struct transport *transport, struct wire *wire);
void transport_fini(struct transport *transport);

/* Seals and queues; a NEWKEYS is followed by the new keys. `frame` may be NULL. */
bool transport_send(struct transport *transport, const uint8_t *payload, size_t length,
                    const struct cipher_frame *frame);

/* The next payload, borrowed until transport_next; see cipher_open. A NEWKEYS is followed by the
 * new keys. */
enum cipher_opened transport_receive(struct transport *transport, const uint8_t **payload,
                                     size_t *length, const char **why);
/* The payload is done with. */
void transport_next(struct transport *transport);

/* The client's identification string without its end; false while it isn't whole. `*why` is set
 * when it will never be one (RFC 4253 4.2). */
bool transport_receive_ident(struct transport *transport, char ident[256], const char **why);

/* Have bytes come that weren't looked at? */
bool transport_has_news(const struct transport *transport);

#endif
