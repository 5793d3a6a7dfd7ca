/* The stream of packets in clear that the wire follows: packet.c. Each step of the input says how
 * many bytes are there to look at and how many of the piece pass. */
#include "fuzz.h"

#include "server/packet.h"

#include <string.h>

enum { STEPS_BYTES = 16, PACKET_LEFT_MAX = 256 * 1024 + 4 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct packet_stream stream = {0};
    struct fuzz_input input = {data, size};
    size_t step_count = 0;
    const uint8_t *steps = fuzz_bytes(&input, STEPS_BYTES, &step_count);
    size_t available = 0;
    for (size_t turn = 0; input.left > 0; turn++) {
        uint8_t step = step_count > 0 ? steps[turn % step_count] : 0;
        available += (size_t)(step >> 4) + 1;
        available = available < input.left ? available : input.left;
        char *bytes = malloc(available); /* of its exact size, so that reading beyond it is seen */
        FUZZ_CHECK(bytes != NULL);
        memcpy(bytes, input.at, available);
        enum packet_message message = PACKET_NONE;
        bool starts = false;
        size_t piece = packet_peek(&stream, bytes, available, &message, &starts);
        FUZZ_CHECK(piece <= available);
        FUZZ_CHECK(packet_message_name(message) != NULL);
        size_t passed = piece == 0 ? available : piece - (step & 15U) % piece;
        (void)packet_pass(&stream, bytes, available, passed);
        FUZZ_CHECK(stream.place != PACKET_INSIDE || stream.left <= PACKET_LEFT_MAX);
        free(bytes);
        input.at += passed;
        input.left -= passed;
        available -= passed;
    }
    return 0;
}
