#include "base/phase.h"

#include "suites.h"

#include <string.h>

START_TEST(every_phase_is_found_by_its_own_word_and_by_no_other)
{
    for (int i = 0; i < PHASE_COUNT; i++) {
        enum phase found = PHASE_DNS;
        ck_assert(phase_from_name(phase_name((enum phase)i), &found));
        ck_assert_int_eq(found, i);
        ck_assert_int_gt((int)strlen(phase_sentence((enum phase)i)), 10);
        ck_assert_ptr_nonnull(strstr(phase_rfc((enum phase)i), "RFC "));
    }
    enum phase unused = PHASE_DNS;
    ck_assert(!phase_from_name("kexx", &unused));
    ck_assert(!phase_from_name("", &unused));
}
END_TEST

START_TEST(a_connection_never_steps_back_into_its_key_exchange)
{
    ck_assert(phase_step_is_legal(PHASE_IDENT, PHASE_KEXINIT));
    ck_assert(!phase_step_is_legal(PHASE_KEX, PHASE_KEXINIT));
    ck_assert(!phase_step_is_legal(PHASE_KEX, PHASE_KEX));
    ck_assert(phase_step_is_legal(PHASE_REKEY, PHASE_DATA));
    ck_assert(!phase_step_is_legal(PHASE_REKEY, PHASE_KEX));
    ck_assert(!phase_step_is_legal(PHASE_REKEY, PHASE_REKEY));
    ck_assert(!phase_step_is_legal(PHASE_DISCONNECT, PHASE_REKEY));
}
END_TEST

START_TEST(kex_from_a_client_means_any_step_of_the_key_exchange_and_nothing_else)
{
    phase_set meant = phase_meaning(PHASE_KEX);
    ck_assert(meant & PHASE_BIT(PHASE_KEXINIT));
    ck_assert(meant & PHASE_BIT(PHASE_NEWKEYS));
    ck_assert(!(meant & PHASE_BIT(PHASE_IDENT)));
    ck_assert_uint_eq(phase_meaning(PHASE_AUTH), PHASE_BIT(PHASE_AUTH));
}
END_TEST

Suite *suite_phase(void)
{
    Suite *suite = suite_create("phase");
    TCase *cases = tcase_create("phase");
    tcase_add_test(cases, every_phase_is_found_by_its_own_word_and_by_no_other);
    tcase_add_test(cases, a_connection_never_steps_back_into_its_key_exchange);
    tcase_add_test(cases, kex_from_a_client_means_any_step_of_the_key_exchange_and_nothing_else);
    suite_add_tcase(suite, cases);
    return suite;
}
