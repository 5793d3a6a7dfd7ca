/* The library as its callers see it: limits, the queue under the deadline, cancelling, draining,
 * results. Only lib/sshexec.h is used of it. */
#include "lib/sshexec.h"

#include "lab.h"
#include "suites.h"

#include <pthread.h>
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
    ck_assert(sshexec_request_set_phase_limit_ms(request, SSHEXEC_PHASE_QUEUE, 50));
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

/* An on_done that ends its neighbour, while somebody goes through all of them. */
static void cancel_other(sshexec_task *task, const sshexec_result *result, void *userdata)
{
    sshexec_task *other = here.other;
    here.other = NULL;
    on_done(task, result, userdata);
    if (other != NULL)
        sshexec_task_cancel(other);
}

static void submit_three(void (*first_on_done)(sshexec_task *, const sshexec_result *, void *))
{
    const sshexec_events first = {.on_done = first_on_done};
    sshexec_request *request = silent_request(20000);
    ck_assert_int_eq(
        sshexec_pool_submit(here.pool, request, &first, (void *)(uintptr_t) "first", NULL),
        SSHEXEC_OK);
    sshexec_request_free(request);
    ck_assert_int_eq(submit(silent_request(20000), "second", &here.other), SSHEXEC_OK);
    ck_assert_int_eq(submit(silent_request(20000), "third", NULL), SSHEXEC_OK);
}

START_TEST(a_drain_s_bound_cancels_each_task_once_though_they_cancel_each_other)
{
    submit_three(cancel_other);
    sshexec_pool_drain(here.pool, 1, on_drained, &here);
    (void)ev_run(sshexec_pool_loop(here.pool), 0);
    ck_assert_int_eq(here.drained, 1);
    ck_assert_int_eq(here.count, 3);
    ck_assert_str_eq(here.ends[0].userdata, "first");
    ck_assert_str_eq(here.ends[1].userdata, "second");
    ck_assert_str_eq(here.ends[2].userdata, "third");
}
END_TEST

static void submit_again(sshexec_task *task, const sshexec_result *result, void *userdata)
{
    static const sshexec_events again = {.on_done = submit_again};
    sshexec_request *request = silent_request(20000);
    ck_assert_int_lt(here.count, ENDS_MOST - 1);
    on_done(task, result, userdata);
    ck_assert_int_eq(sshexec_pool_submit(here.pool, request, &again, NULL, NULL), SSHEXEC_OK);
    sshexec_request_free(request);
}

static void cancel_each(sshexec_task *task, void *userdata, void *argument)
{
    (void)userdata;
    ++*(int *)argument;
    sshexec_task_cancel(task);
}

START_TEST(what_is_submitted_while_tasks_are_gone_through_is_not_gone_through)
{
    int visited = 0;
    submit_three(submit_again);
    here.other = NULL;
    sshexec_pool_each_task(here.pool, cancel_each, &visited);
    ck_assert_int_eq(visited, 3);
    ck_assert_int_eq(here.count, 3);
    ck_assert_uint_eq(sshexec_pool_queued(here.pool), 1);
}
END_TEST

START_TEST(a_second_drain_shortens_the_first_with_and_without_an_event)
{
    ck_assert_int_eq(submit(silent_request(20000), NULL, NULL), SSHEXEC_OK);
    sshexec_pool_drain(here.pool, INT64_MAX, NULL, NULL);
    sshexec_pool_drain(here.pool, 50, NULL, NULL);
    ck_assert(sshexec_pool_run(here.pool));
    ck_assert_int_eq(here.ends[0].outcome, SSHEXEC_CANCELLED);
    ck_assert_int_lt(here.ends[0].elapsed_ms, 50 + LAB_GRACE_MS);
}
END_TEST

static void count_drained(sshexec_pool *pool, void *userdata)
{
    (void)pool, (void)userdata;
    here.drained++;
}

START_TEST(a_pool_s_run_goes_on_until_it_is_drained)
{
    sshexec_pool_drain(here.pool, 5000, count_drained, NULL);
    ck_assert(sshexec_pool_run(here.pool));
    ck_assert_int_eq(here.drained, 1);
    ck_assert(sshexec_pool_run(here.pool));
    ck_assert_int_eq(here.drained, 1);
}
END_TEST

static void cancel_in_phase(sshexec_task *task, sshexec_phase phase, void *userdata)
{
    (void)phase, (void)userdata;
    sshexec_task_cancel(task);
    ck_assert_int_eq(here.count, 0); /* on_done comes after this event */
    ck_assert_int_eq(sshexec_task_port(task), here.port);
}

START_TEST(a_cancel_from_the_first_on_phase_ends_the_task_after_it)
{
    static const sshexec_events told = {.on_done = on_done, .on_phase = cancel_in_phase};
    sshexec_request *request = silent_request(20000);
    ck_assert_int_eq(sshexec_pool_submit(here.pool, request, &told, NULL, NULL), SSHEXEC_OK);
    sshexec_request_free(request);
    ck_assert(sshexec_pool_run(here.pool));
    ck_assert_int_eq(here.count, 1);
    ck_assert_int_eq(here.ends[0].outcome, SSHEXEC_CANCELLED);
    ck_assert_int_eq(here.ends[0].phase, SSHEXEC_PHASE_TCP);
}
END_TEST

static void pause_and_resume(sshexec_task *task, sshexec_phase phase, void *userdata)
{
    (void)userdata;
    if (phase != SSHEXEC_PHASE_TCP)
        return;
    sshexec_task_pause(task);
    sshexec_task_resume(task);
}

START_TEST(a_task_that_was_paused_before_it_was_connected_is_not_taken_for_connected)
{
    static const sshexec_events told = {.on_done = on_done, .on_phase = pause_and_resume};
    int port = 0;
    int full = lab_listen(0, &port); /* lets one connection through; the next SYN is dropped */
    for (int i = 0; i < 2; i++) {
        sshexec_request *request = sshexec_request_new("127.0.0.1", port, "nobody", "true");
        (void)sshexec_request_add_hostkey(request, NO_KEY);
        (void)sshexec_request_set_deadline_ms(request, 300);
        ck_assert_int_eq(sshexec_pool_submit(here.pool, request, &told, NULL, NULL), SSHEXEC_OK);
        sshexec_request_free(request);
    }
    ck_assert(sshexec_pool_run(here.pool));
    ck_assert_int_eq(here.ends[0].phase, SSHEXEC_PHASE_IDENT);
    ck_assert_int_eq(here.ends[1].phase, SSHEXEC_PHASE_TCP);
    ck_assert_int_eq(here.ends[1].outcome, SSHEXEC_TIMEOUT);
    (void)close(full);
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

static bool has_fired;

static void on_fired(struct ev_loop *loop, ev_timer *timer, int what)
{
    (void)loop, (void)timer, (void)what;
    has_fired = true;
}

/* Turns the loop until nothing is left in it that somebody waits for: this timer. */
static void run_for(double seconds)
{
    struct ev_loop *loop = sshexec_pool_loop(here.pool);
    ev_timer timer;
    has_fired = false;
    ev_timer_init(&timer, on_fired, seconds, 0);
    ev_now_update(loop);
    ev_timer_start(loop, &timer);
    (void)ev_run(loop, 0);
    ck_assert(has_fired);
}

START_TEST(a_kept_connection_is_used_again_expires_and_keeps_no_loop_going)
{
    struct lab_server server;
    lab_serve(&server, NULL, "conn:healthy()");
    sshexec_pool_set_reuse(here.pool, 4, 300);
    for (int i = 0; i < 2; i++) {
        ck_assert_int_eq(submit(server_request(&server, "nonce 1"), NULL, NULL), SSHEXEC_OK);
        ck_assert(sshexec_pool_run(here.pool));
        ck_assert_str_eq(here.ends[i].output, "1\n");
        ck_assert_uint_eq(sshexec_pool_idle(here.pool), 1);
    }
    ck_assert_int_ge(here.ends[0].ident_ns, 0);
    ck_assert_int_eq(here.ends[1].ident_ns, -1);
    run_for(0.05);
    ck_assert_uint_eq(sshexec_pool_idle(here.pool), 1);
    run_for(0.6);
    ck_assert_uint_eq(sshexec_pool_idle(here.pool), 0);
    run_for(0.05);
    ck_assert_int_eq(submit(server_request(&server, "nonce 2"), NULL, NULL), SSHEXEC_OK);
    ck_assert(sshexec_pool_run(here.pool));
    ck_assert_int_ge(here.ends[2].ident_ns, 0);
    sshexec_pool_set_reuse(here.pool, 0, 0);
    ck_assert_uint_eq(sshexec_pool_idle(here.pool), 0);
    lab_stop(&server);
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

START_TEST(a_pause_in_the_queue_holds_once_the_task_runs)
{
    struct lab_server server;
    sshexec_task *task = NULL;
    lab_serve(&server, NULL, "conn:healthy()");
    sshexec_request *request = server_request(&server, "nonce 4f2a");
    ck_assert(sshexec_request_set_deadline_ms(request, 200));
    ck_assert_int_eq(submit(request, NULL, &task), SSHEXEC_OK);
    sshexec_task_pause(task);
    ck_assert_int_eq(submit(server_request(&server, "nonce 4f2a"), NULL, &task), SSHEXEC_OK);
    sshexec_task_pause(task);
    sshexec_task_resume(task);
    ck_assert(sshexec_pool_run(here.pool));
    lab_stop(&server);
    ck_assert_int_eq(here.ends[0].outcome, SSHEXEC_SUCCESS);
    ck_assert_int_eq(here.ends[1].outcome, SSHEXEC_TIMEOUT);
}
END_TEST

struct of_thread {
    const struct lab_server *server;
    int port, successes, timeouts;
};

static void count_end(sshexec_task *task, const sshexec_result *result, void *userdata)
{
    struct of_thread *of_thread = userdata;
    (void)task;
    of_thread->successes += sshexec_result_outcome(result) == SSHEXEC_SUCCESS;
    of_thread->timeouts += sshexec_result_outcome(result) == SSHEXEC_TIMEOUT;
}

static void *run_thread(void *argument)
{
    static const sshexec_events counted = {.on_done = count_end};
    struct of_thread *of_thread = argument;
    sshexec_pool *pool = sshexec_pool_new(NULL);
    sshexec_pool_set_limits(pool, 4, 100);
    for (int i = 0; i < 20; i++) {
        const struct lab_server *server = of_thread->server;
        bool is_silent = i % 4 == 0;
        sshexec_request *request = sshexec_request_new(
            "127.0.0.1", is_silent ? of_thread->port : server->port, server->user, "nonce 4f2a");
        (void)sshexec_request_add_hostkey(request, server->hostkey);
        (void)sshexec_request_set_key_file(request, server->key);
        (void)sshexec_request_set_deadline_ms(request, is_silent ? 100 : 10000);
        (void)sshexec_pool_submit(pool, request, &counted, of_thread, NULL);
        sshexec_request_free(request);
    }
    (void)sshexec_pool_run(pool);
    sshexec_pool_free(pool);
    return NULL;
}

/* No warming up before: whichever thread comes first does the once-only work. */
START_TEST(pools_live_in_threads_of_their_own)
{
    enum { THREADS = 4 };
    struct lab_server server;
    struct of_thread of_threads[THREADS];
    pthread_t threads[THREADS];
    lab_serve(&server, NULL, "conn:healthy()");
    for (int i = 0; i < THREADS; i++) {
        of_threads[i] = (struct of_thread){.server = &server, .port = here.port};
        ck_assert_int_eq(pthread_create(&threads[i], NULL, run_thread, &of_threads[i]), 0);
    }
    for (int i = 0; i < THREADS; i++) {
        ck_assert_int_eq(pthread_join(threads[i], NULL), 0);
        ck_assert_int_eq(of_threads[i].successes, 15);
        ck_assert_int_eq(of_threads[i].timeouts, 5);
    }
    lab_stop(&server);
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
    tcase_add_test(silent, a_drain_s_bound_cancels_each_task_once_though_they_cancel_each_other);
    tcase_add_test(silent, what_is_submitted_while_tasks_are_gone_through_is_not_gone_through);
    tcase_add_test(silent, a_second_drain_shortens_the_first_with_and_without_an_event);
    tcase_add_test(silent, a_pool_s_run_goes_on_until_it_is_drained);
    tcase_add_test(silent, a_cancel_from_the_first_on_phase_ends_the_task_after_it);
    tcase_add_test(silent,
                   a_task_that_was_paused_before_it_was_connected_is_not_taken_for_connected);
    suite_add_tcase(suite, silent);
    tcase_add_checked_fixture(served, set_up, tear_down);
    tcase_add_test(served, a_command_s_output_is_kept_up_to_the_limit_and_counted_beyond);
    tcase_add_test(served, a_kept_connection_is_used_again_expires_and_keeps_no_loop_going);
    tcase_add_test(served, phases_and_output_are_told_as_they_come);
    tcase_add_test(served, a_pause_in_the_queue_holds_once_the_task_runs);
    tcase_add_test(served, pools_live_in_threads_of_their_own);
    suite_add_tcase(suite, served);
    return suite;
}
