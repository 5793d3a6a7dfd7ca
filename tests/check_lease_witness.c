#include "lease/lease_witness.h"

#include "suites.h"

#include <stdio.h>
#include <string.h>

static struct lease_witness witness;

static void setup(void)
{
    lease_witness_init(&witness);
}

static void teardown(void)
{
    lease_witness_fini(&witness);
}

static void tell(enum event event, const char *text)
{
    json_t *line = json_loads(text, 0, NULL);
    ck_assert_ptr_nonnull(line);
    lease_witness_event(&witness, event, line, 1000000);
    json_decref(line);
}

static bool holds(const char *word, unsigned count)
{
    struct err_text error = {""};
    struct lease_wait wait = {.count = count};
    ck_assert_int_eq(lease_wait_parse(word, &wait, &error), ERR_NONE);
    return lease_witness_has(&witness, &wait);
}

START_TEST(a_client_that_left_and_a_server_that_closed_end_one_connection)
{
    tell(EVENT_ACCEPT, "{\"conn\":1}");
    tell(EVENT_ACCEPT, "{\"conn\":2}");
    tell(EVENT_PEER, "{\"conn\":1,\"how\":\"fin\"}");
    ck_assert(holds("closed", 1));
    tell(EVENT_CLOSE, "{\"conn\":1,\"bytes_in\":3,\"bytes_out\":4}");
    ck_assert_uint_eq(witness.accepted, 2);
    ck_assert_uint_eq(witness.closed, 1);
    ck_assert(!holds("closed", 2));
    ck_assert_uint_eq(witness.bytes_in, 3);
    ck_assert_uint_eq(witness.bytes_out, 4);
}
END_TEST

START_TEST(what_the_end_cut_off_was_left_open_and_what_left_before_was_not)
{
    for (int i = 1; i <= 4; i++) {
        char line[32];
        (void)snprintf(line, sizeof line, "{\"conn\":%d}", i);
        tell(EVENT_ACCEPT, line);
    }
    tell(EVENT_CLOSE, "{\"conn\":1}");
    lease_witness_ending(&witness);
    tell(EVENT_PEER, "{\"conn\":2}"); /* its FIN was on its way already */
    tell(EVENT_CLOSE, "{\"conn\":2}");
    tell(EVENT_CLOSE, "{\"conn\":3}");
    ck_assert_uint_eq(witness.left_open, 1);
    lease_witness_over(&witness); /* killed before it told of the fourth */
    ck_assert_uint_eq(witness.left_open, 2);
    ck_assert_uint_eq(witness.closed, 4);
}
END_TEST

START_TEST(a_phase_that_was_passed_has_been_reached_but_no_rekey_was)
{
    ck_assert(!holds("phase:tcp", 1));
    tell(EVENT_ACCEPT, "{\"conn\":1}");
    ck_assert(holds("phase:tcp", 1));
    ck_assert(!holds("phase:ident", 1));
    tell(EVENT_PHASE, "{\"conn\":1,\"to\":\"disconnect\"}");
    ck_assert(holds("phase:auth", 1));
    ck_assert(holds("phase:close", 1));
    ck_assert(!holds("phase:rekey", 1));
    tell(EVENT_PHASE, "{\"conn\":1,\"to\":\"rekey\"}");
    ck_assert(holds("phase:rekey", 1));
    ck_assert(!holds("phase:keepalive", 1));
}
END_TEST

START_TEST(every_word_that_can_be_waited_for_holds_after_its_event_and_not_before)
{
    static const struct {
        const char *word;
        enum event event;
        const char *line;
    } rows[] = {
        {"accept", EVENT_ACCEPT, "{\"conn\":1}"},
        {"fault", EVENT_FAULT, "{\"conn\":1,\"phase\":\"kex\",\"what\":\"stops\"}"},
        {"exec", EVENT_EXEC, "{\"conn\":1,\"command\":\"uptime\"}"},
        {"exit", EVENT_EXIT, "{\"conn\":1,\"exit_status\":3,\"stdout_bytes\":9}"},
        {"closed", EVENT_CLOSE, "{\"conn\":1}"},
        {"dns", EVENT_DNS, "{\"name\":\"fakesshd.test\"}"},
        {"error", EVENT_ERROR, "{\"conn\":1,\"text\":\"x.lua:1: no\"}"},
    };
    ck_assert_uint_eq(sizeof rows / sizeof rows[0], WAIT_PHASE);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        ck_assert_msg(!holds(rows[i].word, 1), "%s", rows[i].word);
        tell(rows[i].event, rows[i].line);
        ck_assert_msg(holds(rows[i].word, 1), "%s", rows[i].word);
        ck_assert_msg(!holds(rows[i].word, 2), "%s", rows[i].word);
    }
    json_t *told = lease_witness_json(&witness);
    ck_assert_ptr_nonnull(told);
    char *text = json_dumps(told, JSON_COMPACT | JSON_SORT_KEYS);
    ck_assert_ptr_nonnull(strstr(text, "\"command\":\"uptime\""));
    ck_assert_ptr_nonnull(strstr(text, "\"exit_status\":3"));
    ck_assert_ptr_nonnull(
        strstr(text, "\"fault\":{\"count\":1,\"phase\":\"kex\",\"what\":\"stops\"}"));
    ck_assert_ptr_nonnull(strstr(text, "\"error\":\"x.lua:1: no\""));
    free(text);
    json_decref(told);
}
END_TEST

START_TEST(an_unknown_word_is_refused_with_those_that_are_known)
{
    struct err_text error = {""};
    struct lease_wait wait;
    ck_assert_int_eq(lease_wait_parse("close", &wait, &error), ERR_INPUT);
    ck_assert_ptr_nonnull(strstr(error.text, "accept fault exec exit closed dns error phase:NAME"));
    ck_assert_int_eq(lease_wait_parse("phase:kexx", &wait, &error), ERR_INPUT);
    ck_assert_ptr_nonnull(strstr(error.text, "kexx"));
}
END_TEST

START_TEST(a_timeline_is_bounded_and_says_how_much_it_lacks)
{
    for (int i = 0; i < 1000; i++)
        tell(EVENT_LOG, "{\"t_ns\":3500000,\"text\":\"again\"}");
    ck_assert_uint_eq(json_array_size(witness.timeline), 500);
    ck_assert_uint_eq(witness.timeline_dropped, 500);
    double at_ms = json_real_value(json_object_get(json_array_get(witness.timeline, 0), "at_ms"));
    ck_assert_double_eq_tol(at_ms, 2.5, 0.0001);
    tell(EVENT_ACCEPT, "{\"conn\":1}");
    ck_assert_uint_eq(witness.accepted, 1); /* it counts all the same */
}
END_TEST

/* How much is kept of `first` and 200 times a character of two bytes. */
static size_t kept_of(const char *first)
{
    char text[700];
    size_t used = (size_t)snprintf(text, sizeof text, "{\"phase\":\"kex\",\"what\":\"%s", first);
    for (int i = 0; i < 200; i++)
        used += (size_t)snprintf(text + used, sizeof text - used, "\xc3\xa4");
    (void)snprintf(text + used, sizeof text - used, "\"}");
    tell(EVENT_FAULT, text);
    json_t *told = lease_witness_json(&witness);
    ck_assert_ptr_nonnull(told); /* it is UTF-8, or this would be NULL */
    json_decref(told);
    return strlen(witness.fault_what);
}

START_TEST(a_long_text_is_cut_between_characters)
{
    ck_assert_uint_eq(kept_of("x"), 255);
    ck_assert_uint_eq(kept_of(""), 254);
}
END_TEST

Suite *suite_lease_witness(void)
{
    Suite *suite = suite_create("lease_witness");
    TCase *cases = tcase_create("lease_witness");
    tcase_add_checked_fixture(cases, setup, teardown);
    tcase_add_test(cases, a_client_that_left_and_a_server_that_closed_end_one_connection);
    tcase_add_test(cases, what_the_end_cut_off_was_left_open_and_what_left_before_was_not);
    tcase_add_test(cases, a_phase_that_was_passed_has_been_reached_but_no_rekey_was);
    tcase_add_test(cases, every_word_that_can_be_waited_for_holds_after_its_event_and_not_before);
    tcase_add_test(cases, an_unknown_word_is_refused_with_those_that_are_known);
    tcase_add_test(cases, a_timeline_is_bounded_and_says_how_much_it_lacks);
    tcase_add_test(cases, a_long_text_is_cut_between_characters);
    suite_add_tcase(suite, cases);
    return suite;
}
