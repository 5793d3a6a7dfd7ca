/* The client's identification string, in pieces: transport.c. Each line of the input comes in
 * pieces whose sizes the first bytes say. */
#include "fuzz.h"

#include "server/crafted/transport.h"

#include <string.h>

enum { STEPS_BYTES = 8 };

static void on_wire(struct wire *wire)
{
    (void)wire;
}

static void on_message(struct wire *wire, enum packet_message message)
{
    (void)wire, (void)message;
}

static void on_end(struct wire *wire, enum wire_end end)
{
    (void)wire, (void)end;
}

static const struct wire_events events = {on_wire, on_message, on_wire, on_wire, on_end};

static void check_ident(const char *ident, const struct wire *wire, size_t had)
{
    size_t length = strnlen(ident, 256);
    FUZZ_CHECK(length < 256);
    FUZZ_CHECK(strncmp(ident, "SSH-", 4) == 0);
    FUZZ_CHECK(strchr(ident, '\n') == NULL);
    FUZZ_CHECK(length == 0 || ident[length - 1] != '\r');
    FUZZ_CHECK(buffer_length(&wire->input) < had);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input input = {data, size};
    struct transport transport;
    struct wire wire;
    size_t step_count = 0;
    const uint8_t *steps = fuzz_bytes(&input, STEPS_BYTES, &step_count);
    wire_init(&wire, -1, &events, NULL); /* bytes come from here, and none leave */
    FUZZ_CHECK(transport_init(&transport, &wire));
    const char *why = NULL;
    for (size_t turn = 0; input.left > 0 && why == NULL; turn++) {
        size_t got = 0;
        char ident[256];
        const uint8_t *piece = fuzz_bytes(&input, steps[turn % step_count] + 1U, &got);
        FUZZ_CHECK(buffer_add(&wire.input, piece, got));
        size_t had = buffer_length(&wire.input);
        if (transport_receive_ident(&transport, ident, &why))
            check_ident(ident, &wire, had);
        else
            FUZZ_CHECK(why != NULL || had <= 255);
    }
    transport_fini(&transport);
    wire_fini(&wire);
    return 0;
}
