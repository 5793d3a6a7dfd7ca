#include "judge/report_file.h"
#include "judge/report_json.h"
#include "judge/report_junit.h"
#include "judge/report_text.h"

#include "suites.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static struct err_text error;
static char folder[64], path[96];

static char *copy(const char *text)
{
    char *result = strdup(text);
    ck_assert_ptr_nonnull(result);
    return result;
}

static void add_counter(struct case_result *result, const char *name, int64_t per_task)
{
    struct counter_result *counter = &result->counters[result->counter_count++];
    (void)snprintf(counter->name, sizeof counter->name, "%s", name);
    (void)snprintf(counter->limit_name, sizeof counter->limit_name, "RLIMIT_NOFILE");
    counter->limit = strcmp(name, "fds") == 0 ? 1024 : 0;
    counter->readings = 14;
    counter->series = calloc(14, sizeof *counter->series);
    counter->tasks = calloc(14, sizeof *counter->tasks);
    for (int64_t i = 0; i < 14; i++) {
        counter->tasks[i] = 25 * i;
        counter->series[i] = 12 + 25 * i * per_task;
    }
    counter->growth = growth_evaluate(&growth_profile_find("quick")->config, counter->series,
                                      counter->tasks, 14, GROWTH_AT_LAST);
}

/* One case of each kind: well, known, hung and growing, not judged, skipped, in error. */
static struct run_result make_run(void)
{
    struct run_result run = {.complete = true,
                             .tool = copy("fakesshd 0.1.0"),
                             .host = copy("here"),
                             .noise = {.slow_factor = 1.5},
                             .seed = 7,
                             .case_count = 6};
    run.cases = calloc(run.case_count, sizeof *run.cases);
    static const struct {
        const char *id, *client, *verdict, *reason;
        bool as_expected;
    } rows[] = {
        {"healthy/exec", "good", "OK", "said success", true},
        {"kex/silent", "good", "HUNG", "has not come back", true},
        {"ident/silent", "bad", "HUNG+LEAK_FD+LEAK_THREAD", "has not <come> back & \"leaks\"",
         false},
        {"auth/silent", "bad", "INCONCLUSIVE", "the machine is slow", false},
        {"rekey/silent", "bad", "SKIP", "not supported", true},
        {"data/silent", "bad", "ERROR", "x.lua:3: it failed \033[2J\xff", false},
    };
    for (size_t i = 0; i < run.case_count; i++) {
        struct case_result *result = &run.cases[i];
        result->id = copy(rows[i].id);
        result->client = copy(rows[i].client);
        result->client_version = copy("1.0");
        result->deadline_ms = 500;
        result->expected_outcomes = OUTCOME_BIT(OUTCOME_TIMEOUT);
        result->expected_phases = PHASE_BIT(PHASE_IDENT);
        ck_assert(verdict_parse(rows[i].verdict, &result->verdict));
        result->as_expected = rows[i].as_expected;
        result->reason = copy(rows[i].reason);
        result->repro = copy("fakesshd run it");
        result->elapsed_max_ms = 501;
    }
    run.cases[1].known_gap = copy("https://example.org/gap");
    run.cases[1].known_gap_at = copy("good.expect:3");
    run.cases[2].client_stderr = copy("panic \033]0;title\a\nat the \xff end");
    run.cases[2].timeline = calloc(1, sizeof *run.cases[2].timeline);
    run.cases[2].timeline[run.cases[2].timeline_count++] =
        (struct timeline_entry){1500000, WHO_SERVER, copy("conn 1: ident \xff")};
    run.cases[2].window = window_make(500, 100, 1);
    run.cases[2].outcomes[OUTCOME_TIMEOUT] = 2;
    histogram_add(&run.cases[2].overshoot, -20);
    histogram_add(&run.cases[2].overshoot, 1000);
    add_counter(&run.cases[2], "threads", 1);
    add_counter(&run.cases[2], "fds", 1);
    return run;
}

static void make_folder(void)
{
    (void)snprintf(folder, sizeof folder, "/tmp/check-report-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    (void)snprintf(path, sizeof path, "%s/out", folder);
}

/* Removing the folder proves that no temporary file stayed. */
static void remove_folder(void)
{
    (void)unlink(path);
    ck_assert_msg(rmdir(folder) == 0, "%s is not empty", folder);
}

static char *slurp(void)
{
    static char text[65536];
    FILE *in = fopen(path, "re");
    ck_assert_ptr_nonnull(in);
    text[fread(text, 1, sizeof text - 1, in)] = '\0';
    (void)fclose(in);
    return text;
}

static enum err write_json(const struct run_result *run)
{
    json_t *results = report_json_run(run);
    enum err failed = report_json_write(path, results, &error);
    json_decref(results);
    return failed;
}

static enum err write_junit(const struct run_result *run)
{
    json_t *results = report_json_run(run);
    enum err failed = report_junit_write(path, results, &error);
    json_decref(results);
    return failed;
}

/* ---- JSON ---- */

START_TEST(json_reads_back_with_everything_that_was_promised)
{
    struct run_result run = make_run();
    json_error_t wrong;
    make_folder();
    ck_assert_int_eq(write_json(&run), ERR_NONE);
    json_t *root = json_load_file(path, 0, &wrong);
    ck_assert_msg(root != NULL, "%s", wrong.text);
    ck_assert_int_eq(json_integer_value(json_object_get(root, "schema")), 1);
    ck_assert(json_is_true(json_object_get(root, "complete")));
    ck_assert_int_eq(json_integer_value(json_object_get(root, "seed")), 7);
    json_t *cases = json_object_get(root, "cases"), *hung = json_array_get(cases, 2);
    ck_assert_uint_eq(json_array_size(cases), 6);
    static const char *const fields[] = {
        "id",       "client",      "client_version", "deadline_ms", "expected",
        "verdict",  "as_expected", "hung",           "elapsed_ms",  "growth",
        "witness",  "reason",      "repro",          "tasks",       "window",
        "outcomes", "elapsed_us",  "overshoot",      "timeline",    "timeline_dropped",
        "noise",    "known_gap_at"};
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        ck_assert_msg(json_object_get(hung, fields[i]) != NULL, "%s", fields[i]);
    json_t *first = json_array_get(json_object_get(hung, "timeline"), 0);
    ck_assert_str_eq(json_string_value(json_object_get(first, "who")), "server");
    ck_assert_str_eq(json_string_value(json_object_get(first, "text")), "conn 1: ident ?");
    ck_assert_double_eq_tol(json_real_value(json_object_get(first, "at_ms")), 1.5, 1e-9);
    json_t *window = json_object_get(hung, "window");
    ck_assert_double_eq_tol(json_real_value(json_object_get(window, "early_ms")), 495, 1e-9);
    ck_assert_double_eq_tol(json_real_value(json_object_get(window, "hung_ms")), 2500, 1e-9);
    json_t *overshoot = json_object_get(hung, "overshoot");
    ck_assert_int_eq(json_integer_value(json_object_get(overshoot, "count")), 2);
    ck_assert_int_eq(json_integer_value(json_object_get(overshoot, "before")), 1);
    ck_assert_uint_eq(json_array_size(json_object_get(overshoot, "buckets")), 1);
    ck_assert_int_eq(
        json_integer_value(json_object_get(json_object_get(hung, "outcomes"), "timeout")), 2);
    json_t *verdict = json_object_get(hung, "verdict");
    ck_assert_str_eq(json_string_value(json_object_get(verdict, "deadline")), "HUNG");
    json_t *cleanup = json_object_get(verdict, "cleanup");
    ck_assert_uint_eq(json_array_size(cleanup), 2);
    ck_assert_str_eq(json_string_value(json_array_get(cleanup, 0)), "LEAK_FD");
    json_t *fds = json_object_get(json_object_get(hung, "growth"), "fds");
    ck_assert_str_eq(json_string_value(json_object_get(fds, "verdict")), "GROWING");
    ck_assert_double_eq_tol(json_real_value(json_object_get(fds, "per_task")), 1.0, 1e-9);
    ck_assert_double_eq_tol(json_real_value(json_object_get(fds, "tasks_to_limit")), 1012, 1e-6);
    ck_assert_int_eq(
        json_integer_value(json_object_get(json_object_get(root, "summary"), "unexpected")), 1);
    json_decref(root);
    remove_folder();
    run_result_fini(&run);
}
END_TEST

START_TEST(a_clean_case_says_ok_and_an_unjudged_one_claims_nothing)
{
    struct run_result run = make_run();
    make_folder();
    ck_assert_int_eq(write_json(&run), ERR_NONE);
    json_t *root = json_load_file(path, 0, NULL);
    json_t *cases = json_object_get(root, "cases");
    json_t *clean = json_object_get(json_array_get(cases, 0), "verdict");
    ck_assert_str_eq(json_string_value(json_array_get(json_object_get(clean, "cleanup"), 0)), "OK");
    json_t *unjudged = json_object_get(json_array_get(cases, 3), "verdict");
    ck_assert_str_eq(json_string_value(json_object_get(unjudged, "deadline")), "INCONCLUSIVE");
    ck_assert_uint_eq(json_array_size(json_object_get(unjudged, "cleanup")), 0);
    json_decref(root);
    remove_folder();
    run_result_fini(&run);
}
END_TEST

START_TEST(rubbish_in_a_text_or_a_number_does_not_lose_the_results)
{
    struct run_result run = make_run();
    make_folder();
    run.noise.slow_factor = (double)NAN;
    free(run.host);
    run.host = NULL;
    free(run.cases[0].id);
    run.cases[0].id = copy("file/\xff\xfe");
    run.cases[2].counters[0].growth.bound = (double)INFINITY;
    ck_assert_int_eq(write_json(&run), ERR_NONE);
    json_t *root = json_load_file(path, 0, NULL);
    ck_assert_ptr_nonnull(root);
    json_t *first = json_array_get(json_object_get(root, "cases"), 0);
    ck_assert_str_eq(json_string_value(json_object_get(first, "id")), "file/??");
    json_decref(root);
    remove_folder();
    run_result_fini(&run);
}
END_TEST

/* ---- files ---- */

START_TEST(a_file_that_cannot_be_written_leaves_the_old_one)
{
    struct report_file file;
    make_folder();
    ck_assert_int_eq(report_file_open(&file, path, &error), ERR_NONE);
    (void)fputs("old", file.out);
    ck_assert_int_eq(report_file_close(&file, ERR_NONE, &error), ERR_NONE);
    ck_assert_int_eq(report_file_open(&file, path, &error), ERR_NONE);
    (void)fputs("half of the n", file.out);
    ck_assert_str_eq(slurp(), "old"); /* not yet in its place */
    ck_assert_int_eq(report_file_close(&file, ERR_SYSTEM, &error), ERR_SYSTEM);
    ck_assert_str_eq(slurp(), "old");
    remove_folder();
    ck_assert_int_eq(report_file_open(&file, "/nowhere/at-all", &error), ERR_SYSTEM);
    ck_assert_ptr_nonnull(strstr(error.text, "/nowhere/at-all"));
}
END_TEST

START_TEST(a_device_is_written_and_not_replaced)
{
    struct report_file file;
    struct stat about;
    ck_assert_int_eq(report_file_open(&file, "/dev/full", &error), ERR_NONE);
    (void)fputs("more than fits", file.out);
    ck_assert_int_eq(report_file_close(&file, ERR_NONE, &error), ERR_SYSTEM);
    ck_assert_int_eq(stat("/dev/full", &about), 0);
    ck_assert(S_ISCHR(about.st_mode));
}
END_TEST

/* ---- JUnit ---- */

START_TEST(junit_counts_each_kind_where_a_ci_looks_for_it)
{
    struct run_result run = make_run();
    make_folder();
    ck_assert_int_eq(write_junit(&run), ERR_NONE);
    const char *xml = slurp();
    ck_assert_ptr_nonnull(strstr(
        xml,
        "<testsuite name=\"good\" tests=\"2\" failures=\"0\" errors=\"0\" skipped=\"0\" time=\"1.002\">"));
    ck_assert_ptr_nonnull(strstr(
        xml,
        "<testsuite name=\"bad\" tests=\"4\" failures=\"1\" errors=\"2\" skipped=\"1\" time=\"2.004\">"));
    ck_assert_ptr_nonnull(
        strstr(xml, "message=\"HUNG+LEAK_FD+LEAK_THREAD: has not &lt;come&gt; back &amp; "
                    "&quot;leaks&quot;\""));
    remove_folder();
    run_result_fini(&run);
}
END_TEST

START_TEST(junit_holds_no_byte_that_xml_forbids)
{
    struct run_result run = make_run();
    make_folder();
    ck_assert_int_eq(write_junit(&run), ERR_NONE);
    for (const unsigned char *at = (const unsigned char *)slurp(); *at != '\0'; at++)
        ck_assert_msg(*at == '\n' || (*at >= 0x20 && *at < 0x7f), "byte 0x%02x", *at);
    remove_folder();
    run_result_fini(&run);
}
END_TEST

START_TEST(a_run_that_was_cut_short_is_not_green_in_junit)
{
    struct run_result run = make_run();
    make_folder();
    run.complete = false;
    run.incomplete_why = copy("interrupted");
    ck_assert_int_eq(write_junit(&run), ERR_NONE);
    ck_assert_ptr_nonnull(strstr(slurp(), "not every case was judged: interrupted"));
    remove_folder();
    run_result_fini(&run);
}
END_TEST

/* ---- text ---- */

static char *text_of(const struct run_result *run, struct report_style style)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    ck_assert_ptr_nonnull(out);
    for (size_t i = 0; i < run->case_count; i++)
        report_text_case(out, &run->cases[i], style);
    report_text_summary(out, run, style);
    (void)fclose(out);
    return text;
}

static void assert_has(const char *text, const char *part)
{
    ck_assert_msg(strstr(text, part) != NULL, "expected '%s' in:\n%s", part, text);
}

START_TEST(a_stranger_reads_the_summary_in_ten_seconds)
{
    struct run_result run = make_run();
    char *text = text_of(&run, (struct report_style){0});
    assert_has(text, "good 1.0: 2 of 2 as expected, 1 of them known gaps\n"
                     "    known gap HUNG: kex/silent\n");
    assert_has(text, "bad 1.0: 1 of 4 as expected, 1 skipped; 1 UNEXPECTED; 2 undecided\n"
                     "    unexpected HUNG+LEAK_FD+LEAK_THREAD: ident/silent\n");
    assert_has(text, "ident/silent: HUNG, growing by 1.00 thread and 1.00 fd per task: 1,024 "
                     "descriptors are gone after 10 min at 100 tasks a minute\n");
    free(text);
    run_result_fini(&run);
}
END_TEST

START_TEST(every_unexpected_case_has_the_line_that_shows_it_again)
{
    struct run_result run = make_run();
    char *text = text_of(&run, (struct report_style){0});
    int again = 0;
    for (const char *at = text; (at = strstr(at, "again: fakesshd run it")) != NULL; at++)
        again++;
    ck_assert_int_eq(again, 3);
    free(text);
    run_result_fini(&run);
}
END_TEST

START_TEST(no_control_character_reaches_the_terminal_but_for_colour)
{
    struct run_result run = make_run();
    char *text = text_of(&run, (struct report_style){.verbose = true});
    for (const char *at = text; *at != '\0'; at++)
        ck_assert_msg(*at == '\n' || *at >= 0x20 || *at < 0, "byte 0x%02x", (unsigned)*at);
    assert_has(text, "client: panic ?]0;title?\n    client: at the ? end\n");
    free(text);
    text = text_of(&run, (struct report_style){.colour = true});
    assert_has(text, "\033[31mHUNG+LEAK_FD+LEAK_THREAD\033[0m");
    free(text);
    run_result_fini(&run);
}
END_TEST

START_TEST(verbose_shows_each_counter_with_its_series)
{
    struct run_result run = make_run();
    char *text = text_of(&run, (struct report_style){.verbose = true});
    assert_has(text, "    GROWING      fds      ");
    assert_has(text, "RLIMIT_NOFILE 1024 after 10 min");
    free(text);
    text = text_of(&run, (struct report_style){0});
    ck_assert_ptr_null(strstr(text, "RLIMIT_NOFILE"));
    free(text);
    run_result_fini(&run);
}
END_TEST

START_TEST(what_is_wrong_with_a_line_of_the_expectation_file_is_said)
{
    struct run_result run = make_run();
    run.cases[1].as_expected = false;
    run.cases[1].stale_why = copy("good.expect:3 has gone stale");
    char *text = text_of(&run, (struct report_style){0});
    assert_has(text, "    good.expect:3 has gone stale\n");
    free(text);
    run_result_fini(&run);
}
END_TEST

Suite *suite_report(void)
{
    Suite *suite = suite_create("report");
    TCase *cases = tcase_create("report");
    tcase_add_test(cases, json_reads_back_with_everything_that_was_promised);
    tcase_add_test(cases, a_clean_case_says_ok_and_an_unjudged_one_claims_nothing);
    tcase_add_test(cases, rubbish_in_a_text_or_a_number_does_not_lose_the_results);
    tcase_add_test(cases, a_file_that_cannot_be_written_leaves_the_old_one);
    tcase_add_test(cases, a_device_is_written_and_not_replaced);
    tcase_add_test(cases, junit_counts_each_kind_where_a_ci_looks_for_it);
    tcase_add_test(cases, junit_holds_no_byte_that_xml_forbids);
    tcase_add_test(cases, a_run_that_was_cut_short_is_not_green_in_junit);
    tcase_add_test(cases, a_stranger_reads_the_summary_in_ten_seconds);
    tcase_add_test(cases, every_unexpected_case_has_the_line_that_shows_it_again);
    tcase_add_test(cases, no_control_character_reaches_the_terminal_but_for_colour);
    tcase_add_test(cases, verbose_shows_each_counter_with_its_series);
    tcase_add_test(cases, what_is_wrong_with_a_line_of_the_expectation_file_is_said);
    suite_add_tcase(suite, cases);
    return suite;
}
