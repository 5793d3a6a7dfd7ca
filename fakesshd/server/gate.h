/* A gate decides how many bytes of one direction may pass now. Plain arithmetic over numbers and a
 * clock that the caller reads: no socket, no loop.
 *
 *     open       everything passes
 *     held       nothing passes
 *     cut        exactly n more bytes pass, then it is held
 *     drip       n bytes pass each t
 *     flip       one bit of the n-th byte from now is turned over as it passes */
#ifndef SERVER_GATE_H
#define SERVER_GATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct gate {
    uint64_t passed;  /* bytes so far */
    uint64_t hold_at; /* nothing passes from this count on; GATE_NEVER when open */
    uint64_t flip_at; /* the byte with this number is damaged; GATE_NEVER when none is */
    int64_t drip_every_ns, drip_due_ns;
    uint32_t drip_bytes; /* 0: no drip */
    uint32_t drip_left;  /* of the drop that is falling */
};

#define GATE_NEVER UINT64_MAX

void gate_init(struct gate *gate);
void gate_hold(struct gate *gate);
void gate_cut(struct gate *gate, uint64_t bytes);
void gate_drip(struct gate *gate, uint32_t bytes, int64_t every_ns, int64_t now_ns);
void gate_flip(struct gate *gate, uint64_t nth);
void gate_open(struct gate *gate);

bool gate_is_held(const struct gate *gate);

/* How many of `available` bytes may pass at `now_ns`. */
size_t gate_allow(struct gate *gate, size_t available, int64_t now_ns);

/* When it is worth asking again after gate_allow said 0: a time, or INT64_MAX while held. */
int64_t gate_ask_again_ns(const struct gate *gate);

/* Damages what is to be damaged among the next `length` bytes, which are about to pass. Called once
 * for bytes that are offered again after a short write: undo with a second call. */
void gate_damage(const struct gate *gate, char *bytes, size_t length);

/* `length` bytes did pass. */
void gate_pass(struct gate *gate, size_t length, int64_t now_ns);

#endif
