/* What a client does apart from its virtual machine's compilers. */
#include "judge/procfs_compilers.h"

#include "suites.h"

#include <pthread.h>
#include <time.h>
#include <unistd.h>

enum { WORK_NS = 50000000 };

static pthread_barrier_t worked, looked;

static int64_t own_cpu_ns(void)
{
    struct timespec time;
    (void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

/* Works under the name, and lives until it was looked at. */
static void *work(void *name)
{
    (void)pthread_setname_np(pthread_self(), name);
    while (own_cpu_ns() < WORK_NS) {
    }
    (void)pthread_barrier_wait(&worked);
    (void)pthread_barrier_wait(&looked);
    return NULL;
}

/* What of a thread's work, under this name, is not the process's. */
static int64_t left_out_ns(const char *name)
{
    pthread_t thread;
    int64_t all_ns = 0, without_ns = 0, delay_ns = 0;
    const struct procfs_compilers none = {.pid = getpid()};
    (void)pthread_barrier_init(&worked, NULL, 2);
    (void)pthread_barrier_init(&looked, NULL, 2);
    ck_assert_int_eq(pthread_create(&thread, NULL, work, (void *)(uintptr_t)name), 0);
    (void)pthread_barrier_wait(&worked);
    struct procfs_compilers compilers = procfs_compilers_of(getpid());
    procfs_use_without(&compilers, &without_ns, &delay_ns);
    procfs_use_without(&none, &all_ns, &delay_ns);
    (void)pthread_barrier_wait(&looked);
    (void)pthread_join(thread, NULL);
    return all_ns - without_ns;
}

START_TEST(what_a_compiler_thread_does_is_left_out)
{
    ck_assert_int_ge(left_out_ns("C2 CompilerThre"), WORK_NS);
}
END_TEST

START_TEST(what_other_threads_do_is_not)
{
    ck_assert_int_lt(left_out_ns("worker"), WORK_NS / 2);
}
END_TEST

START_TEST(compilers_are_known_by_the_name_of_their_thread)
{
    ck_assert(procfs_is_compiler("C1 CompilerThre\n"));
    ck_assert(procfs_is_compiler(".NET Tiered Com"));
    ck_assert(!procfs_is_compiler("java"));
    ck_assert(!procfs_is_compiler("C2"));
}
END_TEST

START_TEST(a_process_that_is_gone_has_none)
{
    ck_assert_uint_eq(procfs_compilers_of(0).count, 0);
}
END_TEST

Suite *suite_procfs_compilers(void)
{
    Suite *suite = suite_create("procfs_compilers");
    TCase *group = tcase_create("threads");
    tcase_add_test(group, what_a_compiler_thread_does_is_left_out);
    tcase_add_test(group, what_other_threads_do_is_not);
    tcase_add_test(group, compilers_are_known_by_the_name_of_their_thread);
    tcase_add_test(group, a_process_that_is_gone_has_none);
    suite_add_tcase(suite, group);
    return suite;
}
