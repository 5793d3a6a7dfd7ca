#include "judge/procfs_fds.h"
#include "judge/procfs_go.h"
#include "judge/procfs_threads.h"

#include "suites.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

START_TEST(the_scheduler_is_not_what_a_thread_waits_in)
{
    char name[64];
    procfs_kernel_function("[<0>] poll_schedule_timeout.constprop.0+0x37/0x90\n"
                           "[<0>] do_sys_poll+0x400/0x590\n[<0>] do_syscall_64+0x71/0x280\n",
                           name, sizeof name);
    ck_assert_str_eq(name, "do_sys_poll");
    procfs_kernel_function("", name, sizeof name);
    ck_assert_str_eq(name, "");
    procfs_kernel_function("rubbish\n[<0>\n", name, sizeof name);
    ck_assert_str_eq(name, "");
}
END_TEST

START_TEST(a_line_of_the_tcp_table_is_told_in_words)
{
    unsigned long inode = 0;
    char what[200], kind[200];
    ck_assert(procfs_tcp_line("   0: 0100007F:A8CA 01033C7F:9C41 01 00000000:00000010 00:00000000 "
                              "00000000     0        0 235617 1 0000000000000000 20 4 30 10 -1",
                              &inode, what, kind, sizeof what));
    ck_assert_uint_eq(inode, 235617);
    ck_assert_str_eq(what, "TCP 127.0.0.1:43210 -> 127.60.3.1:40001 ESTABLISHED, rx 16, tx 0");
    ck_assert_str_eq(kind, "TCP to port 40001, ESTABLISHED, rx 16, tx 0");
    ck_assert(procfs_tcp_line("   1: 00000000000000000000000001000000:0016 "
                              "00000000000000000000000000000000:0000 0A 00000000:00000000 "
                              "00:00000000 00000000     0        0 77 1 0 100 0 0 10 0",
                              &inode, what, kind, sizeof what));
    ck_assert_str_eq(what, "TCP ::1:22 LISTEN");
    ck_assert(!procfs_tcp_line("  sl  local_address rem_address   st tx_queue rx_queue", &inode,
                               what, kind, sizeof what));
}
END_TEST

START_TEST(our_own_thread_is_listed_as_running)
{
    struct procfs_thread *threads;
    ck_assert_uint_eq(procfs_thread_list(getpid(), &threads, 100), 1);
    ck_assert_int_eq(threads[0].tid, getpid());
    ck_assert_int_eq(threads[0].state, 'R');
    ck_assert_int_ge(threads[0].age_ms, 0);
    ck_assert_int_lt(threads[0].age_ms, 600000);
    free(threads);
    ck_assert_uint_eq(procfs_thread_list(0x7ffffff0, &threads, 100), 0);
    free(threads);
}
END_TEST

START_TEST(our_own_descriptors_are_told)
{
    int ends[2];
    struct procfs_fd *fds;
    ck_assert_int_eq(pipe(ends), 0);
    size_t count = procfs_fd_list(getpid(), &fds, 1000), pipes = 0;
    for (size_t i = 0; i < count; i++) {
        if (fds[i].fd == ends[0] || fds[i].fd == ends[1])
            pipes += strcmp(fds[i].kind, "pipe") == 0 && strncmp(fds[i].what, "pipe:[", 6) == 0;
    }
    ck_assert_uint_eq(pipes, 2);
    procfs_fd_free(fds, count);
    (void)close(ends[0]);
    (void)close(ends[1]);
}
END_TEST

START_TEST(this_is_no_program_of_go)
{
    ck_assert(!procfs_is_go(getpid()));
    ck_assert(!procfs_is_go(0x7ffffff0));
}
END_TEST

Suite *suite_procfs_look(void)
{
    Suite *suite = suite_create("procfs_look");
    TCase *cases = tcase_create("procfs_look");
    tcase_add_test(cases, the_scheduler_is_not_what_a_thread_waits_in);
    tcase_add_test(cases, a_line_of_the_tcp_table_is_told_in_words);
    tcase_add_test(cases, our_own_thread_is_listed_as_running);
    tcase_add_test(cases, our_own_descriptors_are_told);
    tcase_add_test(cases, this_is_no_program_of_go);
    suite_add_tcase(suite, cases);
    return suite;
}
