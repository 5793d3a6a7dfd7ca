#include "server/gate.h"

void gate_init(struct gate *gate)
{
    gate->passed = 0;
    gate_open(gate);
}

void gate_open(struct gate *gate)
{
    gate->hold_at = GATE_NEVER;
    gate->flip_at = GATE_NEVER;
    gate->drip_bytes = 0;
    gate->drip_left = 0;
    gate->drip_every_ns = 0;
    gate->drip_due_ns = 0;
}

void gate_hold(struct gate *gate)
{
    gate->hold_at = gate->passed;
}

void gate_cut(struct gate *gate, uint64_t bytes)
{
    gate->hold_at = gate->passed + bytes;
}

void gate_drip(struct gate *gate, uint32_t bytes, int64_t every_ns, int64_t now_ns)
{
    gate->drip_bytes = bytes;
    gate->drip_left = bytes;
    gate->drip_every_ns = every_ns;
    gate->drip_due_ns = now_ns;
}

void gate_flip(struct gate *gate, uint64_t nth)
{
    gate->flip_at = gate->passed + nth - 1;
}

bool gate_is_held(const struct gate *gate)
{
    return gate->passed >= gate->hold_at;
}

static size_t smaller(uint64_t a, size_t b)
{
    return a < b ? (size_t)a : b;
}

size_t gate_allow(struct gate *gate, size_t available, int64_t now_ns)
{
    if (gate_is_held(gate))
        return 0;
    size_t allowed = smaller(gate->hold_at - gate->passed, available);
    if (gate->drip_bytes == 0)
        return allowed;
    if (gate->drip_left == 0) {
        if (now_ns < gate->drip_due_ns)
            return 0;
        gate->drip_left = gate->drip_bytes;
    }
    return smaller(gate->drip_left, allowed);
}

int64_t gate_ask_again_ns(const struct gate *gate)
{
    if (gate_is_held(gate) || gate->drip_bytes == 0)
        return INT64_MAX;
    return gate->drip_due_ns;
}

void gate_damage(const struct gate *gate, char *bytes, size_t length)
{
    if (gate->flip_at >= gate->passed && gate->flip_at - gate->passed < length)
        bytes[gate->flip_at - gate->passed] ^= 0x10;
}

void gate_pass(struct gate *gate, size_t length, int64_t now_ns)
{
    gate->passed += length;
    if (gate->drip_bytes == 0)
        return;
    gate->drip_left -= (uint32_t)length;
    /* A late drop is not made up for: the next one still keeps its distance. */
    if (gate->drip_left == 0)
        gate->drip_due_ns = now_ns + gate->drip_every_ns;
}
