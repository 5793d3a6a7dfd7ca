#include "cli/options.h"

#include "lib/request.h"

#include "suites.h"

#include <string.h>

#define LINE "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAmhX23xXeQI85HrgyZ3RreLTTaoUCFfbLNT1tVZYYkm"

/* Reads the words up to NULL; the user "me" is the default. */
static bool read_words(struct options *options, char *const *words, struct err_text *error)
{
    int count = 0;
    while (words[count] != NULL)
        count++;
    return options_read(options, count, words, "me", error);
}

START_TEST(a_whole_command_line_is_read)
{
    struct options options;
    struct err_text error = {""};
    char *words[] = {"--deadline", "1.5s", "-p",   "2222",      "-l", "you",
                     "-i",         "key",  "-v",   "--hostkey", LINE, "--output-limit=64K",
                     "host",       "--",   "echo", "a b",       "c",  NULL};
    ck_assert_msg(read_words(&options, words, &error), "%s", error.text);
    ck_assert_int_eq(options.deadline_ms, 1500);
    ck_assert_int_eq(options.request->port, 2222);
    ck_assert_str_eq(options.request->user, "you");
    ck_assert_str_eq(options.request->key, "key");
    ck_assert_str_eq(options.request->host, "host");
    ck_assert_str_eq(options.request->command, "echo a b c");
    ck_assert_uint_eq(options.request->output_limit, 65536);
    ck_assert(options.is_verbose);
    ck_assert(!options.has_no_stdin);
    options_fini(&options);
}
END_TEST

START_TEST(options_behind_the_host_belong_to_the_command)
{
    struct options options;
    struct err_text error = {""};
    char *words[] = {"--deadline", "1s", "--known-hosts", "f", "host",
                     "ls",         "-v", "--deadline",    NULL};
    ck_assert_msg(read_words(&options, words, &error), "%s", error.text);
    ck_assert_str_eq(options.request->command, "ls -v --deadline");
    ck_assert_str_eq(options.request->user, "me");
    ck_assert_int_eq(options.request->port, 22);
    ck_assert(!options.is_verbose);
    options_fini(&options);
}
END_TEST

START_TEST(destinations_are_taken_apart)
{
    static const struct {
        const char *text, *user, *host;
        int port;
    } good[] = {{"h", "me", "h", 22},
                {"ssh://you@h:2022/", "you", "h", 2022},
                {"h:2022", "me", "h", 2022},
                {"u@h", "u", "h", 22},
                {"u@d@h:1", "u@d", "h", 1},
                {"[::1]:2022", "me", "::1", 2022},
                {"u@[fe80::1%lo]", "u", "fe80::1%lo", 22},
                {"::1", "me", "::1", 22},
                {"127.0.0.1:65535", "me", "127.0.0.1", 65535}};
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        struct options options;
        struct err_text error = {""};
        char *words[] = {"--deadline", "1s", "--hostkey", LINE, (char *)good[i].text, "x", NULL};
        ck_assert_msg(read_words(&options, words, &error), "%s: %s", good[i].text, error.text);
        ck_assert_str_eq(options.request->user, good[i].user);
        ck_assert_str_eq(options.request->host, good[i].host);
        ck_assert_int_eq(options.request->port, good[i].port);
        options_fini(&options);
    }
}
END_TEST

START_TEST(bad_destinations_are_refused)
{
    static const char *bad[] = {"",      ":22",  "u@",      "@h",    "h:",   "h:0", "h:65536",
                                "h:ssh", "[::1", "[::1]22", "[]:22", "h:+1", "h: 1"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct options options;
        struct err_text error = {""};
        char *words[] = {"--deadline", "1s", "--hostkey", LINE, (char *)bad[i], "x", NULL};
        ck_assert_msg(!read_words(&options, words, &error), "'%s'", bad[i]);
        ck_assert_msg(strncmp(error.text, "destination", 11) == 0, "%s", error.text);
        options_fini(&options);
    }
}
END_TEST

START_TEST(what_is_missing_is_named)
{
    static const struct {
        char *words[8];
        const char *named;
    } bad[] = {{{NULL}, "destination"},
               {{"--hostkey", LINE, "h", "x", NULL}, "--deadline"},
               {{"--deadline", "1s", "h", "x", NULL}, "no host key"},
               {{"--deadline", "1s", "--hostkey", LINE, "h", NULL}, "command"},
               {{"--deadline", "1s", "--hostkey", LINE, "h", "--", NULL}, "command"},
               {{"--deadline", NULL}, "--deadline needs a value"},
               {{"--verbose=1", NULL}, "takes no value"},
               {{"--dead", "1s", NULL}, "unknown option"},
               {{"--hostkey", "x", "h", NULL}, "--hostkey: "},
               {{"-l", "", "h", NULL}, "--user"}};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct options options;
        struct err_text error = {""};
        ck_assert_msg(!read_words(&options, bad[i].words, &error), "%s", bad[i].named);
        ck_assert_msg(strstr(error.text, bad[i].named) != NULL, "'%s' has no '%s'", error.text,
                      bad[i].named);
        options_fini(&options);
    }
}
END_TEST

START_TEST(sizes_are_read_with_their_unit)
{
    uint64_t bytes = 0;
    ck_assert(options_read_size("0", &bytes, NULL) && bytes == 0);
    ck_assert(options_read_size("64K", &bytes, NULL) && bytes == 65536);
    ck_assert(options_read_size("2G", &bytes, NULL) && bytes == 1ULL << 31);
    ck_assert(!options_read_size("", &bytes, NULL));
    ck_assert(!options_read_size("-1", &bytes, NULL));
    ck_assert(!options_read_size("1T", &bytes, NULL));
    ck_assert(!options_read_size("99999999999999999999", &bytes, NULL));
    ck_assert(!options_read_size("2048G", &bytes, NULL));
}
END_TEST

Suite *suite_options(void)
{
    Suite *suite = suite_create("options");
    TCase *cases = tcase_create("options");
    tcase_add_test(cases, a_whole_command_line_is_read);
    tcase_add_test(cases, options_behind_the_host_belong_to_the_command);
    tcase_add_test(cases, destinations_are_taken_apart);
    tcase_add_test(cases, bad_destinations_are_refused);
    tcase_add_test(cases, what_is_missing_is_named);
    tcase_add_test(cases, sizes_are_read_with_their_unit);
    suite_add_tcase(suite, cases);
    return suite;
}
