#include "judge/witness.h"

#include "suites.h"

#include <stdarg.h>

static struct witness witness;

/* What a test leaves goes with its process; the sanitizer looks before that. */
static void setup(void)
{
    witness_init(&witness);
}

static void teardown(void)
{
    witness_fini(&witness);
}

static void start(int service, int slot, int64_t t0_ns)
{
    struct task task = {.service = service, .slot = slot, .t0_ns = t0_ns};
    witness_task_started(&witness, &task);
}

static void hear(enum event event, int service, const char *format, ...)
{
    va_list fields;
    va_start(fields, format);
    json_t *line = json_vpack_ex(NULL, 0, format, fields);
    va_end(fields);
    ck_assert_ptr_nonnull(line);
    witness_event(&witness, event, line, service);
    json_decref(line);
}

static void accept_one(int number, int service, int slot, int64_t t_ns)
{
    hear(EVENT_ACCEPT, service, "{s:i, s:i, s:I}", "conn", number, "slot", slot, "t_ns",
         (json_int_t)t_ns);
}

START_TEST(a_connection_is_the_latest_tasks_that_began_there_before_it)
{
    start(0, 1, 100);
    start(0, 2, 110);
    start(0, 1, 200); /* the slot again */
    accept_one(1, 0, 1, 250);
    accept_one(2, 0, 1, 150); /* told late: it came before the third task */
    accept_one(3, 0, 2, 250);
    ck_assert_uint_eq(witness_task(&witness, 1)->conns, 1);
    ck_assert_uint_eq(witness_task(&witness, 2)->conns, 1);
    ck_assert_uint_eq(witness_task(&witness, 3)->conns, 1);
    ck_assert_uint_eq(witness.surplus, 0);
}
END_TEST

START_TEST(a_task_has_left_when_its_last_open_connection_went)
{
    start(0, 1, 100);
    accept_one(1, 0, 1, 150);
    accept_one(2, 0, 1, 160);
    hear(EVENT_PEER, -1, "{s:i, s:I}", "conn", 1, "t_ns", (json_int_t)300);
    ck_assert_int_eq(witness_task(&witness, 1)->left_ns, 0);
    hear(EVENT_PEER, -1, "{s:i, s:I}", "conn", 2, "t_ns", (json_int_t)400);
    hear(EVENT_CLOSE, -1, "{s:i, s:I}", "conn", 2, "t_ns", (json_int_t)500);
    ck_assert_int_eq(witness_task(&witness, 1)->left_ns, 400);
}
END_TEST

START_TEST(one_that_nobody_asked_for_is_nobodys_and_is_open_all_the_same)
{
    start(0, 1, 100);
    accept_one(1, 0, 1, 50);  /* before any task */
    accept_one(2, 0, 7, 150); /* another slot */
    accept_one(3, 1, 1, 150); /* another service */
    hear(EVENT_FAULT, -1, "{s:i}", "conn", 1);
    ck_assert_uint_eq(witness_task(&witness, 1)->conns, 0);
    ck_assert(!witness_task(&witness, 1)->faulted);
    ck_assert_uint_eq(witness_open(&witness, 0), 2);
    ck_assert_uint_eq(witness_open(&witness, 1), 1);
}
END_TEST

START_TEST(a_second_connection_of_a_task_is_surplus)
{
    start(0, 1, 100);
    accept_one(1, 0, 1, 110);
    hear(EVENT_CLOSE, -1, "{s:i, s:i}", "conn", 1, "bytes_out", 21);
    accept_one(2, 0, 1, 120);
    ck_assert_uint_eq(witness.surplus, 1);
    ck_assert_uint_eq(witness_task(&witness, 1)->conns, 2);
    ck_assert_uint_eq(witness_task(&witness, 1)->open, 1);
    ck_assert_uint_eq(witness_task(&witness, 1)->bytes_out, 21);
}
END_TEST

START_TEST(a_connection_is_left_once_however_often_that_is_told)
{
    start(0, 1, 100);
    accept_one(1, 0, 1, 110);
    accept_one(2, 0, 1, 120);
    hear(EVENT_PEER, -1, "{s:i, s:s}", "conn", 1, "how", "fin");
    ck_assert_uint_eq(witness_open(&witness, 0), 1);
    hear(EVENT_CLOSE, -1, "{s:i, s:i}", "conn", 1, "bytes_out", 5);
    ck_assert_uint_eq(witness_open(&witness, 0), 1);
    ck_assert_uint_eq(witness_task(&witness, 1)->open, 1);
    hear(EVENT_PEER, -1, "{s:i, s:s}", "conn", 2, "how", "rst");
    ck_assert_uint_eq(witness_task(&witness, 1)->open, 0);
}
END_TEST

START_TEST(the_phase_of_a_task_is_the_furthest_and_never_goes_back)
{
    start(0, 1, 100);
    accept_one(1, 0, 1, 110);
    ck_assert_int_eq(witness_task(&witness, 1)->phase, PHASE_TCP);
    hear(EVENT_PHASE, -1, "{s:i, s:s}", "conn", 1, "to", "auth");
    hear(EVENT_PHASE, -1, "{s:i, s:s}", "conn", 1, "to", "kex");
    hear(EVENT_PHASE, -1, "{s:i, s:s}", "conn", 1, "to", "nowhere");
    ck_assert_int_eq(witness_task(&witness, 1)->phase, PHASE_AUTH);
}
END_TEST

START_TEST(what_the_command_did_is_the_servers_word)
{
    start(0, 1, 100);
    accept_one(1, 0, 1, 110);
    hear(EVENT_EXEC, -1, "{s:i, s:s}", "conn", 1, "command", "nonce 7");
    ck_assert(witness_task(&witness, 1)->exec_seen);
    ck_assert(!witness_task(&witness, 1)->exit_seen);
    hear(EVENT_EXIT, -1, "{s:i, s:i, s:i, s:s}", "conn", 1, "exit_status", 3, "stdout_bytes", 17,
         "stdout_fnv1a", "cbf29ce484222325");
    ck_assert(witness_task(&witness, 1)->exit_seen);
    ck_assert_int_eq(witness_task(&witness, 1)->exit_status, 3);
    ck_assert_uint_eq(witness_task(&witness, 1)->stdout_bytes, 17);
    ck_assert_uint_eq(witness_task(&witness, 1)->stdout_fnv1a, 0xcbf29ce484222325);
}
END_TEST

START_TEST(events_of_connections_that_were_never_accepted_change_nothing)
{
    start(0, 1, 100);
    accept_one(2, 0, 1, 110); /* the first is called 1 */
    accept_one(1, 0, 1, 120);
    hear(EVENT_CLOSE, -1, "{s:i, s:i}", "conn", 9, "bytes_out", 5);
    hear(EVENT_CLOSE, -1, "{s:i, s:i}", "conn", 0, "bytes_out", 5);
    hear(EVENT_CLOSE, -1, "{s:i, s:i}", "conn", -1, "bytes_out", 5);
    ck_assert_uint_eq(witness_task(&witness, 1)->conns, 1);
    ck_assert_uint_eq(witness_open(&witness, 0), 1);
}
END_TEST

START_TEST(the_first_failure_of_the_scenario_is_kept)
{
    hear(EVENT_ERROR, -1, "{s:i, s:s}", "conn", 1, "text", "x.lua:3: first");
    hear(EVENT_ERROR, -1, "{s:i, s:s}", "conn", 1, "text", "x.lua:4: second");
    ck_assert_str_eq(witness.error, "x.lua:3: first");
}
END_TEST

Suite *suite_witness(void)
{
    Suite *suite = suite_create("witness");
    TCase *cases = tcase_create("witness");
    tcase_add_checked_fixture(cases, setup, teardown);
    tcase_add_test(cases, a_connection_is_the_latest_tasks_that_began_there_before_it);
    tcase_add_test(cases, a_task_has_left_when_its_last_open_connection_went);
    tcase_add_test(cases, one_that_nobody_asked_for_is_nobodys_and_is_open_all_the_same);
    tcase_add_test(cases, a_second_connection_of_a_task_is_surplus);
    tcase_add_test(cases, a_connection_is_left_once_however_often_that_is_told);
    tcase_add_test(cases, the_phase_of_a_task_is_the_furthest_and_never_goes_back);
    tcase_add_test(cases, what_the_command_did_is_the_servers_word);
    tcase_add_test(cases, events_of_connections_that_were_never_accepted_change_nothing);
    tcase_add_test(cases, the_first_failure_of_the_scenario_is_kept);
    suite_add_tcase(suite, cases);
    return suite;
}
