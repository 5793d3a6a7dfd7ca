#include "judge/stacks.h"

#include "suites.h"

#include <stdlib.h>
#include <string.h>

static const char elfutils[] = "PID 100 - process\n"
                               "TID 100:\n"
                               "#0  0x00007fae055162ec read - /usr/lib/libc.so.6\n"
                               "    ../sysdeps/unix/sysv/linux/read.c:26:10\n"
                               "#1  0x000055c19a62dc47 main - /opt/client\n"
                               "    src/main.c:44:3\n"
                               "#2  0x000055c19a62c941 _start - /opt/client\n"
                               "TID 101:\n"
                               "#0  0x00007fae0551a26f __poll - /usr/lib/libc.so.6\n"
                               "    ../sysdeps/unix/sysv/linux/poll.c:29:10\n"
                               "#1  0x00007fae05b0e297 - /usr/lib/libssh.so.4\n"
                               "#2  0x000055c19a62d4f8 - 1 client_dial_only - /opt/client\n"
                               "    src/defects.c:37:33\n"
                               "#3  0x00007fae054a71f5 start_thread - /usr/lib/libc.so.6\n"
                               "TID 102:\n"
                               "#0  0x00007fae0551a26f __poll - /usr/lib/libc.so.6\n"
                               "    ../sysdeps/unix/sysv/linux/poll.c:29:10\n"
                               "#1  0x00007fae05b0e297 - /usr/lib/libssh.so.4\n"
                               "#2  0x000055c19a62d4f8 client_dial_only - /opt/client\n"
                               "    src/defects.c:37:33\n"
                               "#3  0x00007fae054a71f5 start_thread - /usr/lib/libc.so.6\n";

START_TEST(equal_stacks_of_a_debugger_are_one_group)
{
    struct stacks stacks = {0};
    struct stack_group *groups;
    stacks_read_elfutils(&stacks, elfutils);
    ck_assert_uint_eq(stacks.count, 3);
    ck_assert_uint_eq(stacks_group(&stacks, &groups), 2);
    ck_assert_uint_eq(groups[0].count, 2);
    ck_assert_str_eq(groups[0].sample->frames,
                     "__poll ../sysdeps/unix/sysv/linux/poll.c:29\n(libssh.so.4)\n"
                     "client_dial_only src/defects.c:37\nstart_thread\n");
    ck_assert_uint_eq(groups[1].count, 1);
    free(groups);
    stacks_fini(&stacks);
}
END_TEST

START_TEST(a_summary_names_the_functions_and_the_first_line_of_source)
{
    struct stacks stacks = {0};
    struct stack_group *groups;
    char text[300];
    stacks_read_elfutils(&stacks, elfutils);
    (void)stacks_group(&stacks, &groups);
    groups[0].count = 1234;
    stacks_summarize(&groups[0], "thread", text, sizeof text);
    ck_assert_str_eq(text, "1,234 threads, same stack: poll ← (libssh.so.4) ← client_dial_only "
                           "(client_dial_only at src/defects.c:37)");
    free(groups);
    stacks_fini(&stacks);
}
END_TEST

START_TEST(a_long_summary_is_cut_in_its_middle)
{
    struct stacks stacks = {0};
    char text[300];
    (void)stacks_add(&stacks, 1, strdup("a\nb\nc\nd\ne\nf\ng\nh\ni\nj\nk\nl\n"));
    struct stack_group group = {1, &stacks.items[0], -1};
    stacks_summarize(&group, "thread", text, sizeof text);
    ck_assert_str_eq(text, "1 thread: a ← b ← c ← d ← e ← … ← h ← i ← j ← k ← l");
    char small[24];
    stacks_summarize(&group, "thread", small, sizeof small); /* what doesn't fit is cut */
    ck_assert_uint_lt(strlen(small), sizeof small);
    stacks_fini(&stacks);
}
END_TEST

START_TEST(of_groups_of_about_one_size_the_deepest_tells_most)
{
    struct stacks stacks = {0};
    struct stack_group *groups;
    for (int i = 0; i < 21; i++)
        (void)stacks_add(&stacks, i, strdup("wait\nserve\n"));
    for (int i = 0; i < 20; i++)
        (void)stacks_add(&stacks, i, strdup("wait\ncommand\nmain\n"));
    (void)stacks_add(&stacks, 99, strdup("a\nb\nc\nd\n"));
    size_t count = stacks_group(&stacks, &groups);
    ck_assert_uint_eq(groups[0].count, 21);
    ck_assert_uint_eq(stacks_most_telling(groups, count)->count, 20);
    ck_assert_ptr_null(stacks_most_telling(groups, 0));
    free(groups);
    stacks_fini(&stacks);
}
END_TEST

static const char go_dump[] = "SIGQUIT: quit\nPC=0x46d621 m=0 sigcode=0\n\n"
                              "goroutine 1 [chan receive]:\n"
                              "main.main()\n"
                              "\t/src/main.go:20 +0x1d\n\n"
                              "goroutine 7 [IO wait, 3 minutes]:\n"
                              "internal/poll.runtime_pollWait(0x7f, 0x72)\n"
                              "\t/usr/lib/go/src/runtime/netpoll.go:305 +0x89\n"
                              "golang.org/x/crypto/ssh.readVersion({0x5d3a40, 0xc0000b6000})\n"
                              "\t/src/ssh/transport.go:320 +0x52\n"
                              "created by main.(*driver).run\n"
                              "\t/src/main.go:31 +0x3f5\n\n"
                              "goroutine 8 [IO wait]:\n"
                              "internal/poll.runtime_pollWait(0x80, 0x72)\n"
                              "\t/usr/lib/go/src/runtime/netpoll.go:305 +0x89\n"
                              "golang.org/x/crypto/ssh.readVersion({0x5d3a40, 0xc0000b6008})\n"
                              "\t/src/ssh/transport.go:320 +0x52\n"
                              "created by main.(*driver).run\n"
                              "\t/src/main.go:31 +0x3f5\n\n"
                              "rax    0xca\n";

START_TEST(goroutines_are_equal_whatever_their_arguments)
{
    struct stacks stacks = {0};
    struct stack_group *groups;
    ck_assert(stacks_read_dump(&stacks, go_dump));
    ck_assert_uint_eq(stacks.count, 3);
    ck_assert_uint_eq(stacks_group(&stacks, &groups), 2);
    ck_assert_uint_eq(groups[0].count, 2);
    ck_assert_int_eq(groups[0].oldest_s, 180);
    ck_assert_str_eq(groups[0].sample->frames,
                     "internal/poll.runtime_pollWait /usr/lib/go/src/runtime/netpoll.go:305\n"
                     "golang.org/x/crypto/ssh.readVersion /src/ssh/transport.go:320\n"
                     "main.(*driver).run /src/main.go:31\n");
    ck_assert_str_eq(stacks_find(&stacks, 7)->state, "IO wait, 3 minutes");
    ck_assert_int_eq(stacks_find(&stacks, 8)->age_s, -1);
    free(groups);
    stacks_fini(&stacks);
}
END_TEST

START_TEST(what_faulthandler_prints_is_read)
{
    struct stacks stacks = {0};
    ck_assert(stacks_read_dump(&stacks,
                               "Thread 0x00007f01 (most recent call first):\n"
                               "  File \"/src/client.py\", line 12 in read_line\n"
                               "  File \"/usr/lib/python3/threading.py\", line 975 in run\n\n"
                               "Current thread 0x00007f02 (most recent call first):\n"
                               "  File \"/src/client.py\", line 40 in <module>\n"));
    ck_assert_uint_eq(stacks.count, 2);
    ck_assert_str_eq(stacks_find(&stacks, 0x7f01)->frames,
                     "read_line /src/client.py:12\nrun /usr/lib/python3/threading.py:975\n");
    stacks_fini(&stacks);
}
END_TEST

START_TEST(what_a_java_machine_prints_is_read)
{
    struct stacks stacks = {0};
    struct stack_group *groups;
    ck_assert(stacks_read_dump(
        &stacks, "Full thread dump OpenJDK 64-Bit Server VM:\n\n"
                 "\"task 7\" #31 daemon prio=5 os_prio=0 nid=0x1f runnable [0x00007f3]\n"
                 "   java.lang.Thread.State: RUNNABLE\n"
                 "\tat sun.nio.ch.Net.poll(java.base@17.0.15/Native Method)\n"
                 "\tat java.base@17.0.15/java.net.Socket$In.read(Socket.java:966)\n"
                 "\t- locked <0x000000062a> (a java.net.Socket)\n"
                 "\tat JschClient.run(JschClient.java:58)\n\n"
                 "\"task 8\" #32\n   java.lang.Thread.State: RUNNABLE\n"
                 "\tat sun.nio.ch.Net.poll(Native Method)\n"
                 "\tat java.base/java.net.Socket$In.read(Socket.java:966)\n"
                 "\tat JschClient.run(JschClient.java:58)\n"));
    ck_assert_uint_eq(stacks.count, 2);
    ck_assert_str_eq(stacks_find(&stacks, 31)->frames,
                     "sun.nio.ch.Net.poll\njava.net.Socket$In.read Socket.java:966\n"
                     "JschClient.run JschClient.java:58\n");
    ck_assert_str_eq(stacks_find(&stacks, 32)->state, "RUNNABLE");
    ck_assert_uint_eq(stacks_group(&stacks, &groups), 1);
    free(groups);
    stacks_fini(&stacks);
}
END_TEST

START_TEST(what_is_no_dump_gives_no_stack)
{
    static const char *const texts[] = {"",
                                        "goroutine",
                                        "goroutine x [y]:",
                                        "\n\n\n",
                                        "TID\n#0\n",
                                        "goroutine 1 [",
                                        "Thread 0x (most recent call first"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct stacks stacks = {0};
        struct stack_group *groups;
        (void)stacks_read_dump(&stacks, texts[i]);
        stacks_read_elfutils(&stacks, texts[i]);
        ck_assert_uint_le(stacks_group(&stacks, &groups), 2);
        free(groups);
        stacks_fini(&stacks);
    }
}
END_TEST

Suite *suite_stacks(void)
{
    Suite *suite = suite_create("stacks");
    TCase *cases = tcase_create("stacks");
    tcase_add_test(cases, equal_stacks_of_a_debugger_are_one_group);
    tcase_add_test(cases, a_summary_names_the_functions_and_the_first_line_of_source);
    tcase_add_test(cases, a_long_summary_is_cut_in_its_middle);
    tcase_add_test(cases, of_groups_of_about_one_size_the_deepest_tells_most);
    tcase_add_test(cases, goroutines_are_equal_whatever_their_arguments);
    tcase_add_test(cases, what_faulthandler_prints_is_read);
    tcase_add_test(cases, what_a_java_machine_prints_is_read);
    tcase_add_test(cases, what_is_no_dump_gives_no_stack);
    suite_add_tcase(suite, cases);
    return suite;
}
