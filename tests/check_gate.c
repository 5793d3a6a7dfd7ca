#include "server/gate.h"

#include "suites.h"

/* The clock of these tests is turned by hand. */
enum { TICK = 1000 };

/* Passes all that the gate lets through of `available` bytes at one moment; how many that were. */
static size_t pass_all(struct gate *gate, size_t available, int64_t now_ns)
{
    size_t passed = 0;
    for (size_t allowed = gate_allow(gate, available, now_ns); allowed > 0;
         allowed = gate_allow(gate, available - passed, now_ns)) {
        gate_pass(gate, allowed, now_ns);
        passed += allowed;
    }
    return passed;
}

START_TEST(an_open_gate_lets_everything_pass)
{
    struct gate gate;
    gate_init(&gate);
    ck_assert(!gate_is_held(&gate));
    ck_assert_uint_eq(pass_all(&gate, 100000, 0), 100000);
    ck_assert_uint_eq(gate.passed, 100000);
    ck_assert_uint_eq(gate_allow(&gate, 0, 0), 0);
}
END_TEST

START_TEST(a_held_gate_lets_nothing_pass_until_it_is_opened)
{
    struct gate gate;
    gate_init(&gate);
    gate_pass(&gate, 7, 0);
    gate_hold(&gate);
    ck_assert(gate_is_held(&gate));
    ck_assert_uint_eq(gate_allow(&gate, 1, 0), 0);
    ck_assert_int_eq(gate_ask_again_ns(&gate), INT64_MAX);
    gate_open(&gate);
    ck_assert_uint_eq(gate_allow(&gate, 1, 0), 1);
    ck_assert_uint_eq(gate.passed, 7);
}
END_TEST

START_TEST(cut_after_n_bytes_lets_exactly_n_pass)
{
    static const uint64_t counts[] = {0, 1, 49, 50, 65536};
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        struct gate gate;
        gate_init(&gate);
        gate_pass(&gate, 1000, 0);
        gate_cut(&gate, counts[i]);
        ck_assert_uint_eq(pass_all(&gate, 3, 0) + pass_all(&gate, 100000, TICK), (size_t)counts[i]);
        ck_assert(gate_is_held(&gate));
        ck_assert_uint_eq(gate_allow(&gate, 1, INT64_MAX), 0);
    }
}
END_TEST

START_TEST(drip_lets_n_bytes_pass_each_t)
{
    struct gate gate;
    gate_init(&gate);
    gate_drip(&gate, 3, TICK, 0);
    for (int64_t drop = 0; drop < 5; drop++) {
        ck_assert_uint_eq(pass_all(&gate, 100, drop * TICK), 3);
        ck_assert_int_eq(gate_ask_again_ns(&gate), (drop + 1) * TICK);
        ck_assert_uint_eq(gate_allow(&gate, 100, (drop + 1) * TICK - 1), 0);
    }
}
END_TEST

START_TEST(a_drop_that_is_not_used_up_goes_on_falling)
{
    struct gate gate;
    gate_init(&gate);
    gate_drip(&gate, 3, TICK, 0);
    ck_assert_uint_eq(pass_all(&gate, 2, 0), 2);
    ck_assert_uint_eq(gate_allow(&gate, 100, 1), 1);
}
END_TEST

START_TEST(a_late_drop_is_not_made_up_for)
{
    struct gate gate;
    gate_init(&gate);
    gate_drip(&gate, 1, TICK, 0);
    ck_assert_uint_eq(pass_all(&gate, 100, 0), 1);
    ck_assert_uint_eq(pass_all(&gate, 100, 10 * TICK), 1);
    ck_assert_int_eq(gate_ask_again_ns(&gate), 11 * TICK);
}
END_TEST

START_TEST(a_cut_ends_a_drip)
{
    struct gate gate;
    gate_init(&gate);
    gate_drip(&gate, 2, TICK, 0);
    gate_cut(&gate, 3);
    ck_assert_uint_eq(pass_all(&gate, 100, 0), 2);
    ck_assert_uint_eq(pass_all(&gate, 100, TICK), 1);
    ck_assert_int_eq(gate_ask_again_ns(&gate), INT64_MAX);
}
END_TEST

START_TEST(flip_damages_one_bit_of_the_nth_byte_and_no_other)
{
    struct gate gate;
    gate_init(&gate);
    gate_pass(&gate, 1000, 0);
    gate_flip(&gate, 13);
    int damaged = 0;
    for (int piece = 0; piece < 10; piece++) {
        char bytes[5] = {0};
        gate_damage(&gate, bytes, sizeof bytes);
        for (int i = 0; i < 5; i++) {
            unsigned char byte = (unsigned char)bytes[i];
            ck_assert(byte == 0 || piece * 5 + i == 12);
            ck_assert_int_eq(byte & (byte - 1), 0); /* one bit at most */
            damaged += byte != 0;
        }
        gate_pass(&gate, sizeof bytes, 0);
    }
    ck_assert_int_eq(damaged, 1);
}
END_TEST

START_TEST(damage_is_undone_by_a_second_call)
{
    struct gate gate;
    char bytes[4] = "abc";
    gate_init(&gate);
    gate_flip(&gate, 2);
    gate_damage(&gate, bytes, 3);
    ck_assert_str_ne(bytes, "abc");
    gate_damage(&gate, bytes, 3);
    ck_assert_str_eq(bytes, "abc");
}
END_TEST

Suite *suite_gate(void)
{
    Suite *suite = suite_create("gate");
    TCase *cases = tcase_create("gate");
    tcase_add_test(cases, an_open_gate_lets_everything_pass);
    tcase_add_test(cases, a_held_gate_lets_nothing_pass_until_it_is_opened);
    tcase_add_test(cases, cut_after_n_bytes_lets_exactly_n_pass);
    tcase_add_test(cases, drip_lets_n_bytes_pass_each_t);
    tcase_add_test(cases, a_drop_that_is_not_used_up_goes_on_falling);
    tcase_add_test(cases, a_late_drop_is_not_made_up_for);
    tcase_add_test(cases, a_cut_ends_a_drip);
    tcase_add_test(cases, flip_damages_one_bit_of_the_nth_byte_and_no_other);
    tcase_add_test(cases, damage_is_undone_by_a_second_call);
    suite_add_tcase(suite, cases);
    return suite;
}
