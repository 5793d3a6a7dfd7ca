/* What the fuzz targets share: an input that is taken apart from its front, and checks that hold
 * with and without NDEBUG. */
#ifndef TESTS_FUZZ_FUZZ_H
#define TESTS_FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

/* libFuzzer calls these. */
int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define FUZZ_CHECK(holds)                                                             \
    do {                                                                              \
        if (!(holds)) {                                                               \
            (void)fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #holds); \
            abort();                                                                  \
        }                                                                             \
    } while (0)

struct fuzz_input {
    const uint8_t *at;
    size_t left;
};

/* 0 once the input is used up. */
static inline uint8_t fuzz_byte(struct fuzz_input *input)
{
    if (input->left == 0)
        return 0;
    input->left--;
    return *input->at++;
}

/* uint16, most significant byte first */
static inline unsigned fuzz_number(struct fuzz_input *input)
{
    unsigned high = fuzz_byte(input);
    return high << 8 | fuzz_byte(input);
}

/* At most `length` bytes, how many says `*got`; borrowed. */
static inline const uint8_t *fuzz_bytes(struct fuzz_input *input, size_t length, size_t *got)
{
    const uint8_t *bytes = input->at;
    *got = length < input->left ? length : input->left;
    input->at += *got;
    input->left -= *got;
    return bytes;
}

#endif
