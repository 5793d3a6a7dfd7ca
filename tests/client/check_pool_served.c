/* The library as its callers see it, towards a server that answers: output, phases, connections
 * that are kept, threads. */
#include "pool_lab.h"
#include "suites.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

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
    ck_assert_int_eq(pool_submit(server_request(&server, "nonce 4f2a"), NULL, NULL), SSHEXEC_OK);
    sshexec_request *request = server_request(&server, "nonce 4f2a");
    ck_assert(sshexec_request_set_output_kept(request, 3));
    ck_assert_int_eq(pool_submit(request, NULL, NULL), SSHEXEC_OK);
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
        ck_assert_int_eq(pool_submit(server_request(&server, "nonce 1"), NULL, NULL), SSHEXEC_OK);
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
    ck_assert_int_eq(pool_submit(server_request(&server, "nonce 2"), NULL, NULL), SSHEXEC_OK);
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
        .on_done = pool_on_done, .on_output = on_output, .on_phase = on_phase};
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
    ck_assert_int_eq(pool_submit(request, NULL, &task), SSHEXEC_OK);
    sshexec_task_pause(task);
    ck_assert_int_eq(pool_submit(server_request(&server, "nonce 4f2a"), NULL, &task), SSHEXEC_OK);
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

Suite *suite_pool_served(void)
{
    Suite *suite = suite_create("pool_served");
    TCase *served = tcase_create("served");
    tcase_add_checked_fixture(served, pool_set_up, pool_tear_down);
    tcase_add_test(served, a_command_s_output_is_kept_up_to_the_limit_and_counted_beyond);
    tcase_add_test(served, a_kept_connection_is_used_again_expires_and_keeps_no_loop_going);
    tcase_add_test(served, phases_and_output_are_told_as_they_come);
    tcase_add_test(served, a_pause_in_the_queue_holds_once_the_task_runs);
    tcase_add_test(served, pools_live_in_threads_of_their_own);
    suite_add_tcase(suite, served);
    return suite;
}
