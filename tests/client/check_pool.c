/* The library as its callers see it: limits, the queue under the deadline, cancelling, draining,
 * results. Only lib/sshexec.h is used of it. */
#include "lib/sshexec.h"

#include "lab.h"
#include "suites.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define ENDS_MOST 64
#define NO_KEY    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

/* What on_done saw, in order. */
struct end {
    sshexec_outcome outcome;
    sshexec_phase phase;
    int64_t exit_status, elapsed_ms, overshoot_ns;
    char error[200], output[64];
    bool is_truncated;
    uint64_t output_bytes;
    const void *userdata;
    int64_t queue_ns, ident_ns;
};

static struct {
    sshexec_pool *pool;
    int listener, port; /* accepts and says nothing */
    struct end ends[ENDS_MOST];
    int count, drained;
    sshexec_task *other; /* for events that do something to another task */
} here;

static void on_done(sshexec_task *task, const sshexec_result *result, void *userdata)
{
    struct end *end = &here.ends[here.count++];
    size_t length = 0;
    ck_assert_ptr_eq(sshexec_task_userdata(task), userdata);
    end->outcome = sshexec_result_outcome(result);
    end->phase = sshexec_result_phase(result);
    end->exit_status = sshexec_result_exit_status(result);
    end->elapsed_ms = sshexec_result_elapsed_ns(result) / NS_PER_MS;
    end->overshoot_ns = sshexec_result_overshoot_ns(result);
    (void)snprintf(end->error, sizeof end->error, "%s", sshexec_result_error(result));
    (void)snprintf(end->output, sizeof end->output, "%s",
                   sshexec_result_output(result, SSHEXEC_STDOUT, &length));
    ck_assert_uint_eq(length, strlen(sshexec_result_output(result, SSHEXEC_STDOUT, &length)));
    end->output_bytes = sshexec_result_output_bytes(result, SSHEXEC_STDOUT);
    end->is_truncated = sshexec_result_is_truncated(result, SSHEXEC_STDOUT);
    end->queue_ns = sshexec_result_phase_ns(result, SSHEXEC_PHASE_QUEUE);
    end->ident_ns = sshexec_result_phase_ns(result, SSHEXEC_PHASE_IDENT);
    end->userdata = userdata;
    sshexec_task_cancel(task); /* it is over: nothing happens */
}

static const sshexec_events events = {.on_done = on_done};

static void set_up(void)
{
    memset(&here, 0, sizeof here);
    here.pool = sshexec_pool_new(NULL);
    here.listener = lab_listen(128, &here.port);
}

static void tear_down(void)
{
    sshexec_pool_free(here.pool);
    (void)close(here.listener);
}

static sshexec_request *silent_request(int64_t deadline_ms)
{
    sshexec_request *request = sshexec_request_new("127.0.0.1", here.port, "nobody", "true");
    ck_assert(sshexec_request_add_hostkey(request, NO_KEY));
    ck_assert(sshexec_request_set_deadline_ms(request, deadline_ms));
    return request;
}

static sshexec_status submit(sshexec_request *request, const void *userdata, sshexec_task **task)
{
    sshexec_status status =
        sshexec_pool_submit(here.pool, request, &events, (void *)(uintptr_t)userdata, task);
    sshexec_request_free(request);
    return status;
}

START_TEST(a_silent_server_is_a_timeout_and_the_phases_are_timed)
{
    int before = lab_fd_count();
    ck_assert_int_eq(submit(silent_request(100), "a", NULL), SSHEXEC_OK);
    ck_assert_int_eq(here.count, 0);
    ck_assert(sshexec_pool_run(here.pool));
    ck_assert_int_eq(here.count, 1);
    ck_assert_int_eq(here.ends[0].outcome, SSHEXEC_TIMEOUT);
    ck_assert_int_eq(here.ends[0].phase, SSHEXEC_PHASE_IDENT);
    ck_assert_int_eq(here.ends[0].exit_status, -1);
    ck_assert_str_eq(here.ends[0].userdata, "a");
    ck_assert_int_ge(here.ends[0].elapsed_ms, 100);
    ck_assert_int_ge(here.ends[0].overshoot_ns, 0);
    ck_assert_int_ge(here.ends[0].queue_ns, 0);
    ck_assert_int_gt(here.ends[0].ident_ns, 50 * NS_PER_MS);
    ck_assert_int_le(lab_fd_count(), before + 1); /* of the loop's own */
}
END_TEST

START_TEST(no_more_run_than_may_and_the_queue_counts_in_the_deadline)
{
    sshexec_pool_set_limits(here.pool, 2, 10);
    for (int i = 0; i < 5; i++)
        ck_assert_int_eq(submit(silent_request(200), NULL, NULL), SSHEXEC_OK);
    ck_assert(sshexec_pool_run(here.pool));
    int in_queue = 0;
    for (int i = 0; i < here.count; i++) {
        ck_assert_int_eq(here.ends[i].outcome, SSHEXEC_TIMEOUT);
        ck_assert_int_lt(here.ends[i].elapsed_ms, 200 + LAB_GRACE_MS);
        in_queue += here.ends[i].phase == SSHEXEC_PHASE_QUEUE;
    }
    ck_assert_int_eq(here.count, 5);
    ck_assert_int_eq(in_queue, 3);
}
END_TEST

START_TEST(a_full_pool_refuses_with_both_numbers)
{
    sshexec_pool_set_limits(here.pool, 1, 2);
    for (int i = 0; i < 3; i++)
        ck_assert_int_eq(submit(silent_request(5000), NULL, NULL), SSHEXEC_OK);
    ck_assert_int_eq(submit(silent_request(5000), NULL, NULL), SSHEXEC_FULL);
    ck_assert_ptr_nonnull(strstr(sshexec_pool_error(here.pool), "full"));
    (void)ev_run(sshexec_pool_loop(here.pool), EVRUN_NOWAIT);
    ck_assert_uint_eq(sshexec_pool_running(here.pool), 1);
    ck_assert_uint_eq(sshexec_pool_queued(here.pool), 2);
    ck_assert_int_eq(submit(silent_request(5000), NULL, NULL), SSHEXEC_FULL);
    ck_assert_str_eq(sshexec_pool_error(here.pool),
                     "the pool is full: 1 tasks run and 2 wait, as many as may");
    ck_assert_int_eq(here.count, 0);
}
END_TEST

START_TEST(the_queue_may_have_a_limit_of_its_own)
{
    sshexec_pool_set_limits(here.pool, 1, 2);
    ck_assert_int_eq(submit(silent_request(5000), "runs", NULL), SSHEXEC_OK);
    sshexec_request *request = silent_request(5000);
    ck_assert(sshexec_request_set_queue_limit_ms(request, 50));
    sshexec_task *task = NULL;
    ck_assert_int_eq(submit(request, "waits", &task), SSHEXEC_OK);
    while (here.count == 0)
        (void)ev_run(sshexec_pool_loop(here.pool), EVRUN_ONCE);
    ck_assert_str_eq(here.ends[0].userdata, "waits");
    ck_assert_int_eq(here.ends[0].phase, SSHEXEC_PHASE_QUEUE);
    ck_assert_int_lt(here.ends[0].elapsed_ms, 50 + LAB_GRACE_MS);
    ck_assert_ptr_nonnull(strstr(here.ends[0].error, "the queue's limit"));
}
END_TEST

START_TEST(what_waits_and_what_runs_can_be_cancelled_and_the_next_one_starts)
{
    sshexec_task *tasks[3];
    sshexec_pool_set_limits(here.pool, 1, 10);
    for (int i = 0; i < 3; i++)
        ck_assert_int_eq(submit(silent_request(300), NULL, &tasks[i]), SSHEXEC_OK);
    (void)ev_run(sshexec_pool_loop(here.pool), EVRUN_NOWAIT);
    sshexec_task_cancel(tasks[1]);
    ck_assert_int_eq(here.ends[0].outcome, SSHEXEC_CANCELLED);
    ck_assert_int_eq(here.ends[0].phase, SSHEXEC_PHASE_QUEUE);
    sshexec_task_cancel(tasks[0]);
    ck_assert_int_eq(here.ends[1].outcome, SSHEXEC_CANCELLED);
    ck_assert_int_eq(here.count, 2);
    ck_assert(sshexec_pool_run(here.pool));
    ck_assert_int_eq(here.ends[2].outcome, SSHEXEC_TIMEOUT);
    ck_assert_int_eq(here.ends[2].phase, SSHEXEC_PHASE_IDENT);
}
END_TEST

static void on_drained(sshexec_pool *pool, void *userdata)
{
    ck_assert_ptr_eq(userdata, &here);
    here.drained++;
    ev_break(sshexec_pool_loop(pool), EVBREAK_ALL);
}

START_TEST(a_drain_ends_what_takes_too_long_and_takes_nothing_more)
{
    ck_assert_int_eq(submit(silent_request(20000), NULL, NULL), SSHEXEC_OK);
    ck_assert_int_eq(submit(silent_request(50), NULL, NULL), SSHEXEC_OK);
    sshexec_pool_drain(here.pool, 200, on_drained, &here);
    ck_assert_int_eq(submit(silent_request(50), NULL, NULL), SSHEXEC_DRAINING);
    (void)ev_run(sshexec_pool_loop(here.pool), 0);
    ck_assert_int_eq(here.drained, 1);
    ck_assert_int_eq(here.count, 2);
    ck_assert_int_eq(here.ends[0].outcome, SSHEXEC_TIMEOUT);
    ck_assert_int_eq(here.ends[1].outcome, SSHEXEC_CANCELLED);
    ck_assert_int_lt(here.ends[1].elapsed_ms, 200 + LAB_GRACE_MS);
}
END_TEST

START_TEST(an_idle_pool_is_drained_from_the_loop)
{
    sshexec_pool_drain(here.pool, 5000, on_drained, &here);
    ck_assert_int_eq(here.drained, 0);
    (void)ev_run(sshexec_pool_loop(here.pool), 0);
    ck_assert_int_eq(here.drained, 1);
}
END_TEST

START_TEST(mistakes_are_told_once_and_refused)
{
    sshexec_request *request = sshexec_request_new("127.0.0.1", 22, "nobody", "true");
    ck_assert(!sshexec_request_set_deadline_ms(request, 0));
    ck_assert(!sshexec_request_add_hostkey(request, "ssh-ed25519"));
    ck_assert_ptr_nonnull(strstr(sshexec_request_error(request), "deadline"));
    ck_assert_int_eq(sshexec_pool_submit(here.pool, request, &events, NULL, NULL), SSHEXEC_INVALID);
    ck_assert_str_eq(sshexec_pool_error(here.pool), sshexec_request_error(request));
    sshexec_request_free(request);

    request = sshexec_request_new("127.0.0.1", 22, "nobody", "true");
    ck_assert(sshexec_request_add_hostkey(request, NO_KEY));
    ck_assert_int_eq(submit(request, NULL, NULL), SSHEXEC_INVALID);
    ck_assert_ptr_nonnull(strstr(sshexec_pool_error(here.pool), "deadline"));

    request = sshexec_request_new("127.0.0.1", 22, "nobody", "true");
    ck_assert(sshexec_request_set_deadline_ms(request, 100));
    ck_assert_int_eq(submit(request, NULL, NULL), SSHEXEC_INVALID);
    ck_assert_ptr_nonnull(strstr(sshexec_pool_error(here.pool), "host key"));
}
END_TEST

START_TEST(what_turns_out_impossible_is_a_result_from_the_loop)
{
    sshexec_request *request = silent_request(1000);
    ck_assert(sshexec_request_set_key_file(request, "/nonexistent/key"));
    ck_assert_int_eq(submit(request, NULL, NULL), SSHEXEC_OK);
    ck_assert_int_eq(here.count, 0);
    ck_assert(sshexec_pool_run(here.pool));
    ck_assert_int_eq(here.ends[0].outcome, SSHEXEC_COULD_NOT_TRY);
    ck_assert_int_eq(here.ends[0].phase, SSHEXEC_PHASE_NONE);
    ck_assert_ptr_nonnull(strstr(here.ends[0].error, "/nonexistent/key"));
}
END_TEST

static void submit_another(sshexec_task *task, const sshexec_result *result, void *userdata)
{
    on_done(task, result, userdata);
    if (here.other != NULL)
        sshexec_task_cancel(here.other);
    here.other = NULL;
    ck_assert_int_eq(submit(silent_request(50), "another", NULL), SSHEXEC_OK);
}

START_TEST(an_on_done_may_submit_and_cancel)
{
    static const sshexec_events more = {.on_done = submit_another};
    sshexec_request *request = silent_request(50);
    ck_assert_int_eq(sshexec_pool_submit(here.pool, request, &more, NULL, NULL), SSHEXEC_OK);
    sshexec_request_free(request);
    ck_assert_int_eq(submit(silent_request(5000), "cancelled", &here.other), SSHEXEC_OK);
    ck_assert(sshexec_pool_run(here.pool));
    ck_assert_int_eq(here.count, 3);
    ck_assert_int_eq(here.ends[1].outcome, SSHEXEC_CANCELLED);
    ck_assert_str_eq(here.ends[2].userdata, "another");
    ck_assert_int_eq(here.ends[2].outcome, SSHEXEC_TIMEOUT);
}
END_TEST

START_TEST(a_pool_is_freed_with_tasks_under_way)
{
    int before = lab_fd_count();
    sshexec_pool *pool = sshexec_pool_new(NULL);
    sshexec_pool_set_limits(pool, 3, 10);
    sshexec_request *request = silent_request(5000);
    for (int i = 0; i < 6; i++)
        ck_assert_int_eq(sshexec_pool_submit(pool, request, &events, NULL, NULL), SSHEXEC_OK);
    sshexec_request_free(request);
    (void)ev_run(sshexec_pool_loop(pool), EVRUN_NOWAIT);
    ck_assert_uint_eq(sshexec_pool_running(pool), 3);
    sshexec_pool_free(pool);
    ck_assert_int_eq(lab_fd_count(), before);
    ck_assert_int_eq(here.count, 0);
}
END_TEST

static sshexec_request *server_request(const struct lab_server *server, const char *command)
{
    sshexec_request *request =
        sshexec_request_new("127.0.0.1", server->port, server->user, command);
    ck_assert(sshexec_request_add_hostkey(request, server->hostkey));
    ck_assert(sshexec_request_set_password(request, server->password));
    ck_assert(sshexec_request_set_deadline_ms(request, 10000));
    return request;
}

START_TEST(a_command_s_output_is_kept_up_to_the_limit_and_counted_beyond)
{
    struct lab_server server;
    lab_serve(&server, NULL, "conn:healthy()");
    ck_assert_int_eq(submit(server_request(&server, "nonce 4f2a"), NULL, NULL), SSHEXEC_OK);
    sshexec_request *request = server_request(&server, "nonce 4f2a");
    ck_assert(sshexec_request_set_output_kept(request, 3));
    ck_assert_int_eq(submit(request, NULL, NULL), SSHEXEC_OK);
    sshexec_pool_set_limits(here.pool, 1, 10); /* in order */
    ck_assert(sshexec_pool_run(here.pool));
    lab_stop(&server);
    ck_assert_int_eq(here.ends[0].outcome, SSHEXEC_SUCCESS);
    ck_assert_int_eq(here.ends[0].phase, SSHEXEC_PHASE_NONE);
    ck_assert_int_eq(here.ends[0].exit_status, 0);
    ck_assert_str_eq(here.ends[0].output, "4f2a\n");
    ck_assert(!here.ends[0].is_truncated);
    ck_assert_str_eq(here.ends[1].output, "4f2");
    ck_assert(here.ends[1].is_truncated);
    ck_assert_uint_eq(here.ends[1].output_bytes, 5);
    ck_assert_int_lt(here.ends[1].overshoot_ns, 0);
}
END_TEST

static sshexec_phase phases[SSHEXEC_PHASE_COUNT];
static int phase_count;
static char streamed[64];

static void on_phase(sshexec_task *task, sshexec_phase phase, void *userdata)
{
    (void)userdata;
    ck_assert_int_eq(sshexec_task_phase(task), phase);
    ck_assert_int_lt(phase_count, SSHEXEC_PHASE_COUNT);
    phases[phase_count++] = phase;
}

static void on_output(sshexec_task *task, sshexec_stream stream, const void *bytes, size_t length,
                      void *userdata)
{
    (void)userdata;
    ck_assert_int_eq(stream, SSHEXEC_STDOUT);
    (void)strncat(streamed, bytes, length);
    ck_assert_uint_gt(sshexec_task_bytes_in(task), 500);
    ck_assert_uint_gt(sshexec_task_bytes_out(task), 500);
}

START_TEST(phases_and_output_are_told_as_they_come)
{
    static const sshexec_events told = {
        .on_done = on_done, .on_output = on_output, .on_phase = on_phase};
    struct lab_server server;
    lab_serve(&server, NULL, "conn:healthy()");
    sshexec_request *request = server_request(&server, "nonce 4f2a");
    ck_assert_int_eq(sshexec_pool_submit(here.pool, request, &told, NULL, NULL), SSHEXEC_OK);
    sshexec_request_free(request);
    ck_assert(sshexec_pool_run(here.pool));
    lab_stop(&server);
    ck_assert_str_eq(streamed, "4f2a\n");
    ck_assert_str_eq(here.ends[0].output, "");
    ck_assert(!here.ends[0].is_truncated);
    /* What comes in one read may take a task through several phases at once. */
    ck_assert_int_gt(phase_count, 2);
    ck_assert_int_eq(phases[0], SSHEXEC_PHASE_TCP);
    ck_assert_int_eq(phases[1], SSHEXEC_PHASE_IDENT);
    for (int i = 1; i < phase_count; i++)
        ck_assert_int_gt(phases[i], phases[i - 1]);
}
END_TEST

Suite *suite_pool(void)
{
    Suite *suite = suite_create("pool");
    TCase *silent = tcase_create("silent"), *served = tcase_create("served");
    tcase_add_checked_fixture(silent, set_up, tear_down);
    tcase_add_test(silent, a_silent_server_is_a_timeout_and_the_phases_are_timed);
    tcase_add_test(silent, no_more_run_than_may_and_the_queue_counts_in_the_deadline);
    tcase_add_test(silent, a_full_pool_refuses_with_both_numbers);
    tcase_add_test(silent, the_queue_may_have_a_limit_of_its_own);
    tcase_add_test(silent, what_waits_and_what_runs_can_be_cancelled_and_the_next_one_starts);
    tcase_add_test(silent, a_drain_ends_what_takes_too_long_and_takes_nothing_more);
    tcase_add_test(silent, an_idle_pool_is_drained_from_the_loop);
    tcase_add_test(silent, mistakes_are_told_once_and_refused);
    tcase_add_test(silent, what_turns_out_impossible_is_a_result_from_the_loop);
    tcase_add_test(silent, an_on_done_may_submit_and_cancel);
    tcase_add_test(silent, a_pool_is_freed_with_tasks_under_way);
    suite_add_tcase(suite, silent);
    tcase_add_checked_fixture(served, set_up, tear_down);
    tcase_add_test(served, a_command_s_output_is_kept_up_to_the_limit_and_counted_beyond);
    tcase_add_test(served, phases_and_output_are_told_as_they_come);
    suite_add_tcase(suite, served);
    return suite;
}
