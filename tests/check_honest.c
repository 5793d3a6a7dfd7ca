#include "server/honest.h"

#include "suites.h"

#include <stdio.h>
#include <stdlib.h>

/* kind, type, is it a probe, the phase it leads to, the first phase in which it may be answered */
static const struct row {
    enum session_request_kind kind;
    char type[32];
    bool is_probe;
    enum phase leads_to, from;
} rows[] = {
    {REQUEST_SERVICE, "ssh-userauth", false, PHASE_AUTH, PHASE_AUTH},
    {REQUEST_AUTH, "none", false, PHASE_CHANNEL, PHASE_CHANNEL},
    {REQUEST_AUTH, "publickey", true, PHASE_TCP, PHASE_CHANNEL},
    {REQUEST_AUTH, "publickey", false, PHASE_CHANNEL, PHASE_CHANNEL},
    {REQUEST_CHANNEL_OPEN, "session", false, PHASE_REQUEST, PHASE_REQUEST},
    {REQUEST_CHANNEL, "env", false, PHASE_TCP, PHASE_REQUEST},
    {REQUEST_CHANNEL, "pty-req", false, PHASE_TCP, PHASE_REQUEST},
    {REQUEST_CHANNEL, "exec", false, PHASE_DATA, PHASE_DATA},
    {REQUEST_CHANNEL, "shell", false, PHASE_DATA, PHASE_DATA},
    {REQUEST_CHANNEL, "subsystem", false, PHASE_DATA, PHASE_DATA},
    {REQUEST_GLOBAL, "keepalive@openssh.com", false, PHASE_TCP, PHASE_AUTH},
};

START_TEST(a_request_is_answered_from_its_phase_on_and_never_before)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct session_request request = {.kind = rows[i].kind, .is_probe = rows[i].is_probe};
        (void)snprintf(request.type, sizeof request.type, "%s", rows[i].type);
        ck_assert_int_eq(honest_leads_to(&request), rows[i].leads_to);
        for (int phase = PHASE_TCP; phase <= PHASE_CLOSE; phase++)
            ck_assert_msg(honest_may_answer(&request, (enum phase)phase) ==
                              (phase >= (int)rows[i].from),
                          "%s in %s", rows[i].type, phase_name((enum phase)phase));
    }
}
END_TEST

START_TEST(nothing_that_leads_beyond_the_phase_is_answered)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct session_request request = {.kind = rows[i].kind, .is_probe = rows[i].is_probe};
        (void)snprintf(request.type, sizeof request.type, "%s", rows[i].type);
        for (int phase = PHASE_TCP; phase < (int)honest_leads_to(&request); phase++)
            ck_assert(!honest_may_answer(&request, (enum phase)phase));
    }
}
END_TEST

START_TEST(the_honest_command_prints_its_last_word)
{
    static const char *const pairs[][2] = {{"nonce 1234", "1234\n"},
                                           {"nonce 1234 \n", "1234\n"},
                                           {"one", "one\n"},
                                           {"a  b", "b\n"},
                                           {"", "\n"},
                                           {"  ", "\n"}};
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        char *output = honest_output(pairs[i][0]);
        ck_assert_str_eq(output, pairs[i][1]);
        free(output);
    }
    char *shell = honest_output(NULL);
    ck_assert_str_eq(shell, "This is fakesshd: it runs no shell.\n");
    free(shell);
}
END_TEST

Suite *suite_honest(void)
{
    Suite *suite = suite_create("honest");
    TCase *cases = tcase_create("honest");
    tcase_add_test(cases, a_request_is_answered_from_its_phase_on_and_never_before);
    tcase_add_test(cases, nothing_that_leads_beyond_the_phase_is_answered);
    tcase_add_test(cases, the_honest_command_prints_its_last_word);
    suite_add_tcase(suite, cases);
    return suite;
}
