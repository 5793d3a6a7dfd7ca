#include "lib/lookup.h"

#include "lab.h"
#include "lib/deadline.h"
#include "suites.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define DEADLINE_MS 1000

static struct lab lab;
static int fds_before;

static void set_up(void)
{
    lab_init(&lab);
    fds_before = lab_fd_count();
}

static void tear_down(void)
{
    lab_fini(&lab);
}

/* One task towards a name that fakesshd answers like this; its SSH is honest. */
static struct lab_result try_dns(const char *dns)
{
    char fields[200];
    (void)snprintf(fields, sizeof fields, "dns = %s,", dns);
    lab.fields = fields;
    struct lab_result result = lab_try_script(&lab, "conn:healthy()", DEADLINE_MS);
    lab.fields = NULL;
    ck_assert_int_le(result.fds_at_end, fds_before + 2); /* the lab's two pipes */
    return result;
}

static void succeeds(const char *dns, int64_t least_ms)
{
    struct lab_result result = try_dns(dns);
    ck_assert_msg(result.result.outcome == TASK_SUCCESS, "%s: %s", dns, result.result.error);
    ck_assert_int_ge(result.result.elapsed_ns / NS_PER_MS, least_ms);
    ck_assert(result.result.phase_entered[PHASE_DNS]);
}

static void times_out(const char *dns)
{
    struct lab_result result = try_dns(dns);
    lab_expect(&result, TASK_TIMEOUT, PHASE_DNS, DEADLINE_MS);
}

static void fails(const char *dns, const char *words)
{
    struct lab_result result = try_dns(dns);
    lab_expect(&result, TASK_FAILURE, PHASE_DNS, 0);
    ck_assert_msg(strcasestr(result.result.error, words) != NULL, "%s: %s", dns,
                  result.result.error);
    ck_assert_ptr_nonnull(strstr(result.result.error, "fakesshd.test"));
}

START_TEST(a_name_is_resolved_and_the_task_goes_on)
{
    succeeds("{}", 0);
}
END_TEST

START_TEST(a_slow_answer_is_waited_for)
{
    succeeds("{ after = 0.5 }", 500); /* and asked for again meanwhile */
    succeeds("{ answer = 'truncated', tcp = { every = 0.005 } }", 200);
}
END_TEST

START_TEST(an_answer_that_is_cut_short_is_asked_for_over_tcp)
{
    succeeds("{ answer = 'truncated' }", 0);
    /* For an address of the other family, too: it comes first here, and waits for this one. */
    succeeds("{ answer = 'truncated', tcp = { after = 0.2 }, aaaa = { after = 0 } }", 200);
}
END_TEST

START_TEST(silence_is_a_timeout_in_dns)
{
    times_out("{ answer = 'nothing' }");
    times_out("{ answer = 'truncated', tcp = { answer = 'nothing' } }");
    times_out("{ answer = 'truncated', tcp = { every = 0.1 } }");
    times_out("{ answer = 'truncated', tcp = { answer = 'half' } }");
}
END_TEST

START_TEST(what_answers_no_question_of_ours_is_silence)
{
    times_out("{ answer = 'wrong-id' }");
    times_out("{ answer = 'other-question' }");
    times_out("{ answer = 'half' }");
}
END_TEST

START_TEST(that_there_is_no_such_name_is_a_failure_at_once)
{
    fails("{ answer = 'nxdomain' }", "not found");
    fails("{ answer = 'nxdomain', aaaa = { answer = 'nothing' } }", "not found");
    fails("{ answer = 'empty' }", "no data");
    fails("{ answer = 'other-name' }", "no data");
}
END_TEST

START_TEST(a_server_that_cannot_or_will_not_is_a_failure_at_once)
{
    fails("{ answer = 'servfail' }", "failure");
    fails("{ answer = 'refused' }", "refused");
    fails("{ answer = 'closed' }", "contact");
    fails("{ answer = 'truncated', tcp = { answer = 'closed' } }", "contact");
    fails("{ answer = 'truncated', tcp = { answer = 'fin' } }", "contact");
}
END_TEST

/* RFC 4074 4: many a name server of old did so. */
START_TEST(no_good_answer_for_ipv6_does_not_keep_from_ipv4)
{
    succeeds("{ aaaa = { answer = 'nothing' } }", 0);
    succeeds("{ aaaa = { answer = 'nxdomain' }, after = 0.1 }", 100);
    succeeds("{ after = 0.2, aaaa = { answer = 'servfail', after = 0 } }", 200);
}
END_TEST

/* ---- without fakesshd: a socket of the test's own ---- */

static int silent_server(char address[64])
{
    struct sockaddr_in own = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof own;
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    ck_assert_int_eq(bind(fd, (struct sockaddr *)&own, size), 0);
    ck_assert_int_eq(getsockname(fd, (struct sockaddr *)&own, &size), 0);
    (void)snprintf(address, 64, "127.0.0.1:%d", ntohs(own.sin_port));
    return fd;
}

static struct task_options options_towards(const char *dns)
{
    struct task_options options = lab_options(22, DEADLINE_MS);
    options.host = "fakesshd.test";
    options.dns = dns;
    return options;
}

START_TEST(a_hundred_names_at_once_are_all_in_time_and_leave_no_descriptor)
{
    static struct lab_result results[100];
    char address[64];
    int server = silent_server(address);
    struct task_options options = options_towards(address);
    for (size_t i = 0; i < 100; i++)
        (void)lab_start(&lab, &options, &results[i]);
    lab_run(&lab);
    for (size_t i = 0; i < 100; i++)
        lab_expect(&results[i], TASK_TIMEOUT, PHASE_DNS, DEADLINE_MS);
    (void)close(server);
    ck_assert_int_eq(lab_fd_count(), fds_before);
}
END_TEST

START_TEST(a_task_that_is_cancelled_while_it_asks_ends_at_once)
{
    char address[64];
    int server = silent_server(address);
    struct task_options options = options_towards(address);
    struct lab_result result;
    task_cancel(lab_start(&lab, &options, &result));
    ck_assert(result.is_done);
    ck_assert_int_eq(result.result.outcome, TASK_CANCELLED);
    ck_assert_int_eq(result.result.phase, PHASE_DNS);
    (void)close(server);
    ck_assert_int_eq(lab_fd_count(), fds_before);
}
END_TEST

START_TEST(an_engine_that_is_freed_while_tasks_ask_leaves_no_descriptor)
{
    char address[64];
    int server = silent_server(address);
    struct task_options options = options_towards(address);
    struct lab_result results[5];
    for (size_t i = 0; i < 5; i++)
        (void)lab_start(&lab, &options, &results[i]);
    (void)ev_run(lab.loop, EVRUN_NOWAIT);
    engine_free(&lab.engine);
    (void)close(server);
    ck_assert_int_eq(lab_fd_count(), fds_before);
}
END_TEST

static void take_addresses(void *userdata, const struct addresses *addresses, const char *sentence)
{
    struct addresses *found = userdata;
    (void)sentence;
    if (addresses != NULL)
        *found = *addresses;
    ev_break(lab.loop, EVBREAK_ALL);
}

struct record {
    uint8_t type, length;
    const uint8_t *bytes;
};

/* The question is made an answer to itself, with those records that it asks for. */
static ssize_t answer(uint8_t message[512], ssize_t length, const struct record *records)
{
    uint8_t type = message[12 + 8 + 1];
    message[2] = 0x85;
    for (; records->type != 0; records++) {
        if (records->type != type)
            continue;
        message[7]++;
        memcpy(message + length, "\xc0\x0c\0\0\0\1\0\0\0\0\0", 11);
        message[length + 3] = type;
        message[length + 11] = records->length;
        memcpy(message + length + 12, records->bytes, records->length);
        length += 12 + records->length;
    }
    return length;
}

/* Asks for both families, and answers with the records that there are. */
static struct addresses answered_with(const struct record *records)
{
    char text[64];
    int server = silent_server(text);
    struct addresses found = {.count = 0};
    struct err_text error = {""};
    struct lookup_setup setup = {.name = "a.test",
                                 .port = 2222,
                                 .server = text,
                                 .deadline_ns = deadline_after(clock_now_ns(), 3000),
                                 .on_done = take_addresses,
                                 .userdata = &found};
    struct lookup *lookup = lookup_start(lab.loop, &setup, &error);
    ck_assert_msg(lookup != NULL, "%s", error.text);
    for (int i = 0; i < 2; i++) {
        uint8_t message[512];
        struct sockaddr_in peer;
        socklen_t size = sizeof peer;
        ssize_t got = recvfrom(server, message, 24, 0, (struct sockaddr *)&peer, &size);
        ck_assert_int_eq(got, 12 + 8 + 4);
        got = answer(message, got, records);
        ck_assert_int_eq(sendto(server, message, (size_t)got, 0, (struct sockaddr *)&peer, size),
                         got);
    }
    (void)ev_run(lab.loop, 0);
    lookup_free(&lookup);
    (void)close(server);
    return found;
}

static const uint8_t nine[] = {127, 0, 0, 9}, eight[] = {127, 0, 0, 8};

START_TEST(either_family_s_address_is_found)
{
    struct addresses found = answered_with((const struct record[]){{1, 4, nine}, {0, 0, NULL}});
    struct address v4 = address_of_v4((const struct in_addr *)nine, 2222);
    ck_assert_uint_eq(found.count, 1);
    ck_assert(address_equal(&found.list[0], &v4));
    found =
        answered_with((const struct record[]){{28, 16, in6addr_loopback.s6_addr}, {0, 0, NULL}});
    struct address v6 = address_of_v6(&in6addr_loopback, 0, 2222);
    ck_assert_uint_eq(found.count, 1);
    ck_assert(address_equal(&found.list[0], &v6));
}
END_TEST

START_TEST(all_addresses_of_a_name_are_found)
{
    struct addresses found = answered_with((const struct record[]){
        {1, 4, nine}, {28, 16, in6addr_loopback.s6_addr}, {1, 4, eight}, {0, 0, NULL}});
    ck_assert_uint_eq(found.count, 3);
}
END_TEST

/* A name with a hundred addresses does not push out the other family. */
START_TEST(many_addresses_leave_room_for_the_other_family)
{
    static uint8_t many[2 * ADDRESSES_MAX][16];
    struct record records[3 * ADDRESSES_MAX + 1] = {{0, 0, NULL}};
    size_t count = 0, v4 = 0;
    for (size_t i = 0; i < sizeof many / sizeof many[0]; i++) {
        many[i][15] = (uint8_t)(i + 1);
        records[count++] = (struct record){28, 16, many[i]};
    }
    for (size_t i = 0; i < ADDRESSES_MAX; i++)
        records[count++] = (struct record){1, 4, many[i] + 12};
    struct addresses found = answered_with(records);
    ck_assert_uint_eq(found.count, ADDRESSES_MAX);
    for (size_t i = 0; i < found.count; i++)
        v4 += found.list[i].any.sa_family == AF_INET;
    ck_assert_uint_eq(v4, ADDRESSES_MAX / 2);
}
END_TEST

Suite *suite_lookup(void)
{
    Suite *suite = suite_create("lookup");
    TCase *cases = tcase_create("lookup");
    tcase_add_checked_fixture(cases, set_up, tear_down);
    tcase_set_timeout(cases, 20);
    tcase_add_test(cases, a_name_is_resolved_and_the_task_goes_on);
    tcase_add_test(cases, a_slow_answer_is_waited_for);
    tcase_add_test(cases, an_answer_that_is_cut_short_is_asked_for_over_tcp);
    tcase_add_test(cases, silence_is_a_timeout_in_dns);
    tcase_add_test(cases, what_answers_no_question_of_ours_is_silence);
    tcase_add_test(cases, that_there_is_no_such_name_is_a_failure_at_once);
    tcase_add_test(cases, a_server_that_cannot_or_will_not_is_a_failure_at_once);
    tcase_add_test(cases, no_good_answer_for_ipv6_does_not_keep_from_ipv4);
    tcase_add_test(cases, a_hundred_names_at_once_are_all_in_time_and_leave_no_descriptor);
    tcase_add_test(cases, a_task_that_is_cancelled_while_it_asks_ends_at_once);
    tcase_add_test(cases, an_engine_that_is_freed_while_tasks_ask_leaves_no_descriptor);
    tcase_add_test(cases, either_family_s_address_is_found);
    tcase_add_test(cases, all_addresses_of_a_name_are_found);
    tcase_add_test(cases, many_addresses_leave_room_for_the_other_family);
    suite_add_tcase(suite, cases);
    return suite;
}
