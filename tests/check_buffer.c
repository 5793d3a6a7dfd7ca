#include "server/buffer.h"

#include "suites.h"

#include <stdlib.h>
#include <string.h>

START_TEST(bytes_leave_in_the_order_in_which_they_came)
{
    struct buffer buffer = {0};
    unsigned char next_in = 0, next_out = 0;
    unsigned seed = 7;
    for (int round = 0; round < 5000; round++) {
        unsigned char piece[97];
        size_t add = (size_t)rand_r(&seed) % sizeof piece;
        for (size_t i = 0; i < add; i++)
            piece[i] = next_in++;
        ck_assert(buffer_add(&buffer, piece, add));
        size_t take = (size_t)rand_r(&seed) % (sizeof piece + 8);
        take = take < buffer_length(&buffer) ? take : buffer_length(&buffer);
        for (size_t i = 0; i < take; i++)
            ck_assert_int_eq((unsigned char)buffer_front(&buffer)[i], next_out++);
        if (take > 0)
            buffer_take(&buffer, take);
    }
    ck_assert_uint_eq(buffer_length(&buffer) % 256, (unsigned char)(next_in - next_out));
    buffer_fini(&buffer);
}
END_TEST

START_TEST(an_empty_buffer_owns_no_memory)
{
    struct buffer buffer = {0};
    ck_assert(buffer_add(&buffer, "", 0));
    ck_assert_ptr_null(buffer.bytes);
    ck_assert(buffer_add(&buffer, "abc", 3));
    ck_assert_ptr_nonnull(buffer.bytes);
    buffer_take(&buffer, 1);
    ck_assert_uint_eq(buffer_length(&buffer), 2);
    buffer_take(&buffer, 2);
    ck_assert_ptr_null(buffer.bytes);
    ck_assert_uint_eq(buffer_length(&buffer), 0);
}
END_TEST

START_TEST(room_counts_only_once_it_is_said_to_be_filled)
{
    struct buffer buffer = {0};
    char *room = buffer_room(&buffer, 10);
    ck_assert_ptr_nonnull(room);
    memcpy(room, "0123456789", 10);
    ck_assert_uint_eq(buffer_length(&buffer), 0);
    buffer_added(&buffer, 4);
    ck_assert_uint_eq(buffer_length(&buffer), 4);
    ck_assert_mem_eq(buffer_front(&buffer), "0123", 4);
    buffer_fini(&buffer);
}
END_TEST

Suite *suite_buffer(void)
{
    Suite *suite = suite_create("buffer");
    TCase *cases = tcase_create("buffer");
    tcase_add_test(cases, bytes_leave_in_the_order_in_which_they_came);
    tcase_add_test(cases, an_empty_buffer_owns_no_memory);
    tcase_add_test(cases, room_counts_only_once_it_is_said_to_be_filled);
    suite_add_tcase(suite, cases);
    return suite;
}
