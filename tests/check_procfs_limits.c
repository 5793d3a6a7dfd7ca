#include "judge/procfs_limits.h"

#include "suites.h"

#include <sys/resource.h>
#include <unistd.h>

START_TEST(descriptors_are_limited_by_what_the_process_was_given)
{
    struct rlimit before, less;
    ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &before), 0);
    less = before;
    less.rlim_cur = 200;
    ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &less), 0);
    struct limit limit = procfs_limit(LIMIT_FDS, getpid());
    ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &before), 0);
    ck_assert_int_eq(limit.value, 200);
    ck_assert_str_eq(limit.name, "RLIMIT_NOFILE");
}
END_TEST

START_TEST(threads_and_memory_have_a_limit_on_any_linux)
{
    struct limit threads = procfs_limit(LIMIT_THREADS, getpid());
    struct limit memory = procfs_limit(LIMIT_MEMORY, getpid());
    ck_assert_int_gt(threads.value, 10);
    ck_assert_str_ne(threads.name, "");
    ck_assert_int_gt(memory.value, 1024 * 1024);
    ck_assert_str_ne(memory.name, "");
    ck_assert_int_eq(procfs_limit(LIMIT_NONE, getpid()).value, 0);
}
END_TEST

START_TEST(a_user_meets_1024_descriptors_or_less)
{
    ck_assert_int_eq(procfs_limit_of_user(LIMIT_FDS, 0).value, 1024);
    ck_assert_int_eq(procfs_limit_of_user(LIMIT_FDS, 1048576).value, 1024);
    ck_assert_int_eq(procfs_limit_of_user(LIMIT_FDS, 256).value, 256);
}
END_TEST

Suite *suite_procfs_limits(void)
{
    Suite *suite = suite_create("procfs_limits");
    TCase *cases = tcase_create("procfs_limits");
    tcase_add_test(cases, descriptors_are_limited_by_what_the_process_was_given);
    tcase_add_test(cases, threads_and_memory_have_a_limit_on_any_linux);
    tcase_add_test(cases, a_user_meets_1024_descriptors_or_less);
    suite_add_tcase(suite, cases);
    return suite;
}
