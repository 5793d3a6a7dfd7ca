/* The library as its callers see it: limits, the queue under the deadline, cancelling, draining,
 * results. Only lib/sshexec.h is used of it. */
#include "pool_lab.h"
#include "suites.h"

#include <unistd.h>

START_TEST(a_silent_server_is_a_timeout_and_the_phases_are_timed)
{
    int before = lab_fd_count();
    ck_assert_int_eq(pool_submit(pool_silent_request(100), "a", NULL), SSHEXEC_OK);
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
        ck_assert_int_eq(pool_submit(pool_silent_request(200), NULL, NULL), SSHEXEC_OK);
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
        ck_assert_int_eq(pool_submit(pool_silent_request(5000), NULL, NULL), SSHEXEC_OK);
    ck_assert_int_eq(pool_submit(pool_silent_request(5000), NULL, NULL), SSHEXEC_FULL);
    ck_assert_ptr_nonnull(strstr(sshexec_pool_error(here.pool), "full"));
    (void)ev_run(sshexec_pool_loop(here.pool), EVRUN_NOWAIT);
    ck_assert_uint_eq(sshexec_pool_running(here.pool), 1);
    ck_assert_uint_eq(sshexec_pool_queued(here.pool), 2);
    ck_assert_int_eq(pool_submit(pool_silent_request(5000), NULL, NULL), SSHEXEC_FULL);
    ck_assert_str_eq(sshexec_pool_error(here.pool),
                     "the pool is full: 1 tasks run and 2 wait, as many as may");
    ck_assert_int_eq(here.count, 0);
}
END_TEST

START_TEST(the_queue_may_have_a_limit_of_its_own)
{
    sshexec_pool_set_limits(here.pool, 1, 2);
    ck_assert_int_eq(pool_submit(pool_silent_request(5000), "runs", NULL), SSHEXEC_OK);
    sshexec_request *request = pool_silent_request(5000);
    ck_assert(sshexec_request_set_phase_limit_ms(request, SSHEXEC_PHASE_QUEUE, 50));
    sshexec_task *task = NULL;
    ck_assert_int_eq(pool_submit(request, "waits", &task), SSHEXEC_OK);
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
        ck_assert_int_eq(pool_submit(pool_silent_request(300), NULL, &tasks[i]), SSHEXEC_OK);
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
    ck_assert_int_eq(pool_submit(pool_silent_request(20000), NULL, NULL), SSHEXEC_OK);
    ck_assert_int_eq(pool_submit(pool_silent_request(50), NULL, NULL), SSHEXEC_OK);
    sshexec_pool_drain(here.pool, 200, on_drained, &here);
    ck_assert_int_eq(pool_submit(pool_silent_request(50), NULL, NULL), SSHEXEC_DRAINING);
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
    ck_assert_int_eq(sshexec_pool_submit(here.pool, request, &pool_events, NULL, NULL),
                     SSHEXEC_INVALID);
    ck_assert_str_eq(sshexec_pool_error(here.pool), sshexec_request_error(request));
    sshexec_request_free(request);

    request = sshexec_request_new("127.0.0.1", 22, "nobody", "true");
    ck_assert(sshexec_request_add_hostkey(request, NO_KEY));
    ck_assert_int_eq(pool_submit(request, NULL, NULL), SSHEXEC_INVALID);
    ck_assert_ptr_nonnull(strstr(sshexec_pool_error(here.pool), "deadline"));

    request = sshexec_request_new("127.0.0.1", 22, "nobody", "true");
    ck_assert(sshexec_request_set_deadline_ms(request, 100));
    ck_assert_int_eq(pool_submit(request, NULL, NULL), SSHEXEC_INVALID);
    ck_assert_ptr_nonnull(strstr(sshexec_pool_error(here.pool), "host key"));
}
END_TEST

START_TEST(what_turns_out_impossible_is_a_result_from_the_loop)
{
    sshexec_request *request = pool_silent_request(1000);
    ck_assert(sshexec_request_set_key_file(request, "/nonexistent/key"));
    ck_assert_int_eq(pool_submit(request, NULL, NULL), SSHEXEC_OK);
    ck_assert_int_eq(here.count, 0);
    ck_assert(sshexec_pool_run(here.pool));
    ck_assert_int_eq(here.ends[0].outcome, SSHEXEC_COULD_NOT_TRY);
    ck_assert_int_eq(here.ends[0].phase, SSHEXEC_PHASE_NONE);
    ck_assert_ptr_nonnull(strstr(here.ends[0].error, "/nonexistent/key"));
}
END_TEST

static void submit_another(sshexec_task *task, const sshexec_result *result, void *userdata)
{
    pool_on_done(task, result, userdata);
    if (here.other != NULL)
        sshexec_task_cancel(here.other);
    here.other = NULL;
    ck_assert_int_eq(pool_submit(pool_silent_request(50), "another", NULL), SSHEXEC_OK);
}

START_TEST(an_on_done_may_submit_and_cancel)
{
    static const sshexec_events more = {.on_done = submit_another};
    sshexec_request *request = pool_silent_request(50);
    ck_assert_int_eq(sshexec_pool_submit(here.pool, request, &more, NULL, NULL), SSHEXEC_OK);
    sshexec_request_free(request);
    ck_assert_int_eq(pool_submit(pool_silent_request(5000), "cancelled", &here.other), SSHEXEC_OK);
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
    sshexec_request *request = pool_silent_request(5000);
    for (int i = 0; i < 6; i++)
        ck_assert_int_eq(sshexec_pool_submit(pool, request, &pool_events, NULL, NULL), SSHEXEC_OK);
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
    pool_on_done(task, result, userdata);
    if (other != NULL)
        sshexec_task_cancel(other);
}

static void submit_three(void (*first_on_done)(sshexec_task *, const sshexec_result *, void *))
{
    const sshexec_events first = {.on_done = first_on_done};
    sshexec_request *request = pool_silent_request(20000);
    ck_assert_int_eq(
        sshexec_pool_submit(here.pool, request, &first, (void *)(uintptr_t) "first", NULL),
        SSHEXEC_OK);
    sshexec_request_free(request);
    ck_assert_int_eq(pool_submit(pool_silent_request(20000), "second", &here.other), SSHEXEC_OK);
    ck_assert_int_eq(pool_submit(pool_silent_request(20000), "third", NULL), SSHEXEC_OK);
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
    sshexec_request *request = pool_silent_request(20000);
    ck_assert_int_lt(here.count, ENDS_MOST - 1);
    pool_on_done(task, result, userdata);
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
    ck_assert_int_eq(pool_submit(pool_silent_request(20000), NULL, NULL), SSHEXEC_OK);
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
    static const sshexec_events told = {.on_done = pool_on_done, .on_phase = cancel_in_phase};
    sshexec_request *request = pool_silent_request(20000);
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
    static const sshexec_events told = {.on_done = pool_on_done, .on_phase = pause_and_resume};
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

Suite *suite_pool(void)
{
    Suite *suite = suite_create("pool");
    TCase *silent = tcase_create("silent");
    tcase_add_checked_fixture(silent, pool_set_up, pool_tear_down);
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
    return suite;
}
