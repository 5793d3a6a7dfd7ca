#include "judge/expect_condition.h"

#include "suites.h"

static const struct expect_facts facts = {.version = "OpenSSH_9.2p1 Debian-2+deb12u3, OpenSSL 3.0",
                                          .deadline_ms = 500,
                                          .kernel = "6.1.0-13-amd64",
                                          .arch = "x86_64",
                                          .today = 20260630};

static const struct {
    const char *known, *asked;
    int order;
} versions[] = {
    {"9.2", "9.2", 0},
    {"9.2", "9.10", -1},
    {"9.10", "9.2", 1},
    {"9.2.1", "9.2", 0},
    {"9", "9.0", 0},
    {"9", "9.1", -1},
    {"OpenSSH_9.2p1 Debian-2", "9.2p1", 0},
    {"OpenSSH_9.2p1", "9.2p2", -1},
    {"OpenSSH_9.2", "9.2p1", -1},
    {"libssh2 1.10.0", "1.11", -1},
    {"Dropbear v2022.83", "2022.84", -1},
    {"version 7", "6", 1},
    {"1.0rc1", "1.0.1", -1},
    {"1.0.1", "1.0rc1", 1},
    {"1.0rc2", "1.0rc1", 1},
    {"010.06", "10.6", 0},
    {"1.99999999999999999999", "1.100000000000000000000", -1},
    {"go1.19.8 x/crypto 0.4.0", "1.20", -1},
    {"3.0, 9.9", "3.0.1", -1},
};

START_TEST(versions_are_compared_field_by_field)
{
    ck_assert_msg(expect_version_compare(versions[_i].known, versions[_i].asked) ==
                      versions[_i].order,
                  "%s against %s", versions[_i].known, versions[_i].asked);
}
END_TEST

static const struct {
    const char *text;
    enum expect_truth truth;
} conditions[] = {
    {"version < 9.6", EXPECT_TRUE},     {"version < 9.2", EXPECT_FALSE},
    {"version<=9.2", EXPECT_TRUE},      {"version = 9.2p1", EXPECT_TRUE},
    {"version != 9.2", EXPECT_FALSE},   {"version ~ \"OpenSSH_[0-9]\"", EXPECT_TRUE},
    {"version ~ libssh", EXPECT_FALSE}, {"deadline <= 500ms", EXPECT_TRUE},
    {"deadline < 0.5s", EXPECT_FALSE},  {"deadline > 499ms", EXPECT_TRUE},
    {"deadline >= 1s", EXPECT_FALSE},   {"deadline = 500ms", EXPECT_TRUE},
    {" kernel  >=  6.1 ", EXPECT_TRUE}, {"kernel > 6.1", EXPECT_FALSE},
    {"kernel ~ amd64$", EXPECT_TRUE},   {"arch = x86_64", EXPECT_TRUE},
    {"arch != x86_64", EXPECT_FALSE},   {"arch = \"x86_64\"", EXPECT_TRUE},
};

START_TEST(a_condition_holds_when_what_is_known_says_so)
{
    struct expect_condition condition;
    struct err_text error;
    ck_assert_msg(expect_condition_parse(conditions[_i].text, &condition, &error) == ERR_NONE, "%s",
                  error.text);
    ck_assert_msg(expect_condition_holds(&condition, &facts) == conditions[_i].truth, "%s",
                  conditions[_i].text);
    expect_condition_fini(&condition);
}
END_TEST

START_TEST(what_is_not_known_makes_no_condition_true_or_false)
{
    static const char *const texts[] = {"version < 9", "version ~ x", "deadline < 1s", "kernel > 1",
                                        "arch = x"};
    struct expect_facts nothing = {.version = ""};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct expect_condition condition;
        ck_assert_int_eq(expect_condition_parse(texts[i], &condition, NULL), ERR_NONE);
        ck_assert_int_eq(expect_condition_holds(&condition, &nothing), EXPECT_UNKNOWN);
        expect_condition_fini(&condition);
    }
}
END_TEST

START_TEST(a_date_is_a_day_that_there_is)
{
    ck_assert_int_eq(expect_date_parse("2027-06-30"), 20270630);
    ck_assert_int_eq(expect_date_parse("2028-02-29"), 20280229);
    static const char *const no_days[] = {"2027-02-29", "2027-06-31", "2027-13-01", "2027-00-10",
                                          "2027-6-30",  "27-06-30",   "2027-06-3x", "2027-06-30 ",
                                          "",           "2100-02-29", "2027/06/30", "tomorrow"};
    for (size_t i = 0; i < sizeof no_days / sizeof *no_days; i++)
        ck_assert_msg(expect_date_parse(no_days[i]) == 0, "%s", no_days[i]);
}
END_TEST

START_TEST(the_facts_of_this_machine_are_there)
{
    struct expect_facts now;
    expect_facts_now(&now);
    ck_assert_int_gt(now.today, 20260101);
    ck_assert(now.kernel[0] != '\0' && now.arch[0] != '\0');
    ck_assert_ptr_null(now.version);
}
END_TEST

Suite *suite_expect_condition(void)
{
    Suite *suite = suite_create("expect_condition");
    TCase *cases = tcase_create("expect_condition");
    tcase_add_loop_test(cases, versions_are_compared_field_by_field, 0,
                        sizeof versions / sizeof *versions);
    tcase_add_loop_test(cases, a_condition_holds_when_what_is_known_says_so, 0,
                        sizeof conditions / sizeof *conditions);
    tcase_add_test(cases, what_is_not_known_makes_no_condition_true_or_false);
    tcase_add_test(cases, a_date_is_a_day_that_there_is);
    tcase_add_test(cases, the_facts_of_this_machine_are_there);
    suite_add_tcase(suite, cases);
    return suite;
}
