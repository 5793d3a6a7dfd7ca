/* `sshexec driver` as a process: the protocol, line by line, with input that is not as it should
 * be. */
#include "cli/driver.h"

#include "lab.h"
#include "suites.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

static struct {
    pid_t pid;
    int in, out;
    char text[512 * 1024]; /* received and not yet returned */
    size_t start, end;
} driver;

/* sshexec lies beside this program. */
static void exec_driver(int in, int out)
{
    char path[4096];
    ssize_t length = readlink("/proc/self/exe", path, sizeof path - 20);
    if (length < 0)
        _exit(127);
    path[length] = '\0';
    (void)strcpy(strrchr(path, '/'), "/sshexec");
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    (void)dup2(in, STDIN_FILENO);
    (void)dup2(out, STDOUT_FILENO);
    (void)execl(path, path, "driver", (char *)NULL);
    _exit(127);
}

/* The next line as JSON; the test fails when none comes within 5 s. */
static json_t *receive(void)
{
    for (;;) {
        char *start = driver.text + driver.start;
        char *end = memchr(start, '\n', driver.end - driver.start);
        if (end != NULL) {
            json_t *line = json_loadb(start, (size_t)(end - start), 0, NULL);
            driver.start = (size_t)(end - driver.text) + 1;
            ck_assert_msg(line != NULL, "not JSON: %.200s", start);
            return line;
        }
        memmove(driver.text, start, driver.end - driver.start);
        driver.end -= driver.start;
        driver.start = 0;
        struct pollfd out = {.fd = driver.out, .events = POLLIN};
        ck_assert_msg(poll(&out, 1, 5000) == 1, "the driver says nothing for 5 s");
        ssize_t got = read(driver.out, driver.text + driver.end, sizeof driver.text - driver.end);
        ck_assert_msg(got > 0, "the driver has ended");
        driver.end += (size_t)got;
    }
}

static void send_bytes(const char *bytes, size_t length)
{
    while (length > 0) {
        ssize_t written = write(driver.in, bytes, length);
        ck_assert_int_gt(written, 0);
        bytes += written;
        length -= (size_t)written;
    }
}

static void send_text(const char *text)
{
    send_bytes(text, strlen(text));
}

/* Is the line {"op":op,"id":id,…}? `id` < 0: it must have none. */
static void expect_op(json_t *line, const char *op, json_int_t id)
{
    char *text = json_dumps(line, JSON_COMPACT);
    const json_t *found = json_object_get(line, "id");
    ck_assert_msg(strcmp(json_string_value(json_object_get(line, "op")), op) == 0, "%s", text);
    ck_assert_msg(id < 0 ? found == NULL : json_integer_value(found) == id, "%s", text);
    free(text);
}

/* What is answered to a line that goes wrong: an op "error" with words. */
static void expect_error(const char *text, json_int_t id, const char *words)
{
    send_text(text);
    json_t *line = receive();
    expect_op(line, "error", id);
    const char *sentence = json_string_value(json_object_get(line, "error"));
    ck_assert_msg(strstr(sentence, words) != NULL, "'%s' has no '%s'", sentence, words);
    json_decref(line);
}

static void set_up(void)
{
    int in[2];
    int out[2];
    ck_assert_int_eq(pipe2(in, O_CLOEXEC), 0);
    ck_assert_int_eq(pipe2(out, O_CLOEXEC), 0);
    driver.pid = fork();
    if (driver.pid == 0)
        exec_driver(in[0], out[1]);
    (void)close(in[0]);
    (void)close(out[1]);
    driver.in = in[1];
    driver.out = out[0];
    driver.start = driver.end = 0;
    json_t *hello = receive();
    expect_op(hello, "hello", -1);
    ck_assert_int_eq(json_integer_value(json_object_get(hello, "v")), 1);
    ck_assert_uint_eq(json_array_size(json_object_get(hello, "phases")), PHASE_COUNT);
    json_decref(hello);
}

/* Waits for the driver's end: its exit status, and how long it took. */
static int wait_for_end(int64_t *elapsed_ms)
{
    int status = 0;
    int64_t start_ns = clock_now_ns();
    ck_assert_int_eq(waitpid(driver.pid, &status, 0), driver.pid);
    *elapsed_ms = (clock_now_ns() - start_ns) / NS_PER_MS;
    driver.pid = 0;
    ck_assert(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static void tear_down(void)
{
    if (driver.pid > 0) {
        (void)kill(driver.pid, SIGKILL);
        (void)waitpid(driver.pid, NULL, 0);
    }
    if (driver.in >= 0)
        (void)close(driver.in);
    if (driver.out >= 0)
        (void)close(driver.out);
}

START_TEST(requests_get_one_reply_each_with_their_id)
{
    static const char *const pairs[][2] = {{"settle", "settled"},
                                           {"counters", "counters"},
                                           {"stacks", "stacks"},
                                           {"juggle", "unsupported"}};
    for (json_int_t i = 0; i < 4; i++) {
        char text[100];
        (void)snprintf(text, sizeof text, "{\"op\":\"%s\",\"id\":%d}\n", pairs[i][0], (int)i);
        send_text(text);
        json_t *line = receive();
        expect_op(line, pairs[i][1], i);
        json_decref(line);
    }
}
END_TEST

START_TEST(lines_that_are_wrong_are_answered_and_the_next_one_works)
{
    expect_error("hello?\n", -1, "not JSON");
    expect_error("\n", -1, "not JSON");
    expect_error("{\"op\":\"run\",\"id\":1\n", -1, "not JSON");
    expect_error("[1,2]\n", -1, "string 'op'");
    expect_error("{\"op\":7,\"id\":3}\n", 3, "string 'op'");
    expect_error("{\"op\":\"run\"}\n", -1, "integer 'id'");
    expect_error("{\"op\":\"juggle\",\"id\":\"x\"}\n", -1, "integer 'id'");
    expect_error("{\"op\":\"cancel\",\"id\":9}\n", 9, "no task");
    send_text("{\"op\":\"counters\",\"id\":10}\n");
    json_t *line = receive();
    expect_op(line, "counters", 10);
    ck_assert_int_eq(json_integer_value(json_object_get(line, "tasks")), 0);
    json_decref(line);
}
END_TEST

START_TEST(a_line_over_256_kib_is_answered_once_and_the_next_one_works)
{
    static char flood[600 * 1024];
    memset(flood, 'x', sizeof flood);
    send_bytes(flood, sizeof flood);
    expect_error("\n", -1, "256 KiB");
    send_text("{\"op\":\"settle\",\"id\":2}\n");
    json_t *line = receive();
    expect_op(line, "settled", 2);
    json_decref(line);
}
END_TEST

START_TEST(a_run_that_is_not_possible_is_could_not_try_with_the_reason)
{
    static const struct {
        const char *fields, *words;
    } bad[] = {
        {"\"host\":\"127.0.0.1\"", "'user' is missing"},
        {"\"host\":\"h\",\"user\":7", "'user' must be a string"},
        {"\"host\":\"h\",\"user\":\"u\",\"command\":\"c\",\"port\":70000", "'port' must be"},
        {"\"host\":\"h\",\"user\":\"u\",\"command\":\"c\",\"port\":22,\"deadline_ms\":0",
         "'deadline_ms' must be"},
        {"\"host\":\"h\",\"user\":\"u\",\"command\":\"c\",\"port\":22,\"deadline_ms\":9,"
         "\"hostkey\":\"x\"",
         "host key"},
        {"\"host\":\"h\",\"user\":\"u\",\"command\":\"c\",\"port\":22,\"deadline_ms\":9,"
         "\"stdin_b64\":\"x\"",
         "not base64"},
        {"\"host\":\"h\\u0000h\",\"user\":\"u\"", "NUL"},
        {"\"host\":\"127.0.0.1\",\"user\":\"u\",\"command\":\"c\",\"port\":22,\"deadline_ms\":9",
         "no host key"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        char text[500];
        (void)snprintf(text, sizeof text, "{\"op\":\"run\",\"id\":%d,%s}\n", (int)i, bad[i].fields);
        send_text(text);
        json_t *line = receive();
        expect_op(line, "result", (json_int_t)i);
        ck_assert_str_eq(json_string_value(json_object_get(line, "outcome")), "could_not_try");
        const char *sentence = json_string_value(json_object_get(line, "error"));
        ck_assert_msg(strstr(sentence, bad[i].words) != NULL, "'%s' has no '%s'", sentence,
                      bad[i].words);
        json_decref(line);
    }
}
END_TEST

#define HOSTKEY "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAmhX23xXeQI85HrgyZ3RreLTTaoUCFfbLNT1tVZYYkm"

static void send_run(int id, int port, int deadline_ms)
{
    char text[500];
    (void)snprintf(text, sizeof text,
                   "{\"op\":\"run\",\"id\":%d,\"host\":\"127.0.0.1\",\"port\":%d,\"user\":\"u\","
                   "\"command\":\"c\",\"hostkey\":\"" HOSTKEY "\",\"deadline_ms\":%d}\n",
                   id, port, deadline_ms);
    send_text(text);
}

START_TEST(a_cancelled_task_is_answered_by_its_own_result)
{
    int port = 0;
    int listener = lab_listen(16, &port);
    send_run(5, port, 60000);
    send_text("{\"op\":\"run\",\"id\":5}\n{\"op\":\"cancel\",\"id\":5}\n");
    json_t *line = receive();
    expect_op(line, "error", 5); /* the id is taken */
    json_decref(line);
    line = receive();
    expect_op(line, "result", 5);
    ck_assert_str_eq(json_string_value(json_object_get(line, "outcome")), "cancelled");
    json_decref(line);
    /* One that crosses the result on its way has its answer already. */
    send_text("{\"op\":\"cancel\",\"id\":5}\n{\"op\":\"settle\",\"id\":6}\n");
    line = receive();
    expect_op(line, "settled", 6);
    json_decref(line);
    (void)close(listener);
}
END_TEST

START_TEST(the_end_of_input_ends_the_driver_within_a_second_whatever_hangs)
{
    int port = 0;
    int64_t elapsed_ms = 0;
    int listener = lab_listen(16, &port);
    for (int i = 0; i < 10; i++)
        send_run(i, port, 60000);
    (void)close(driver.in);
    driver.in = -1;
    ck_assert_int_eq(wait_for_end(&elapsed_ms), 0);
    ck_assert_int_lt(elapsed_ms, 1000);
    (void)close(listener);
}
END_TEST

START_TEST(bye_ends_the_driver_within_a_second_whatever_hangs)
{
    int port = 0;
    int64_t elapsed_ms = 0;
    int listener = lab_listen(16, &port);
    send_run(1, port, 60000);
    send_text("{\"op\":\"bye\"}\n");
    ck_assert_int_eq(wait_for_end(&elapsed_ms), 0);
    ck_assert_int_lt(elapsed_ms, 1000);
    (void)close(listener);
}
END_TEST

/* Replies pile up, then requests are no longer taken; the end of input is noticed all the same. */
START_TEST(a_judge_that_does_not_read_can_not_keep_the_driver_alive)
{
    int64_t elapsed_ms = 0;
    (void)fcntl(driver.in, F_SETFL, O_NONBLOCK);
    static const char request[] = "{\"op\":\"counters\",\"id\":1}\n";
    struct pollfd in = {.fd = driver.in, .events = POLLOUT};
    long sent = 0;
    while (poll(&in, 1, 300) == 1) {
        ssize_t written = write(driver.in, request, sizeof request - 1);
        sent += written > 0 ? written : 0;
        ck_assert_msg(sent < 100L * 1024 * 1024, "the driver takes requests without end");
    }
    (void)close(driver.in);
    driver.in = -1;
    (void)wait_for_end(&elapsed_ms);
    ck_assert_int_lt(elapsed_ms, 1000);
}
END_TEST

START_TEST(a_judge_that_is_gone_ends_the_driver)
{
    int64_t elapsed_ms = 0;
    (void)close(driver.out);
    driver.out = -1;
    send_text("{\"op\":\"settle\",\"id\":1}\n");
    ck_assert_int_eq(wait_for_end(&elapsed_ms), 255);
    ck_assert_int_lt(elapsed_ms, 1000);
}
END_TEST

Suite *suite_driver(void)
{
    Suite *suite = suite_create("driver");
    TCase *cases = tcase_create("driver");
    tcase_add_checked_fixture(cases, set_up, tear_down);
    tcase_set_timeout(cases, 20);
    tcase_add_test(cases, requests_get_one_reply_each_with_their_id);
    tcase_add_test(cases, lines_that_are_wrong_are_answered_and_the_next_one_works);
    tcase_add_test(cases, a_line_over_256_kib_is_answered_once_and_the_next_one_works);
    tcase_add_test(cases, a_run_that_is_not_possible_is_could_not_try_with_the_reason);
    tcase_add_test(cases, a_cancelled_task_is_answered_by_its_own_result);
    tcase_add_test(cases, the_end_of_input_ends_the_driver_within_a_second_whatever_hangs);
    tcase_add_test(cases, bye_ends_the_driver_within_a_second_whatever_hangs);
    tcase_add_test(cases, a_judge_that_does_not_read_can_not_keep_the_driver_alive);
    tcase_add_test(cases, a_judge_that_is_gone_ends_the_driver);
    suite_add_tcase(suite, cases);
    return suite;
}
