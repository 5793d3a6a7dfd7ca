#include "server/crafted/rule.h"

#include "server/crafted/payload.h"
#include "suites.h"

#include <stdlib.h>
#include <string.h>

enum { SUCCESS = 52, DATA = 94, EOF_ = 96 };

static struct rule *rules;

static void begin(void)
{
    rules = NULL;
}

static void end(void)
{
    rule_free_all(&rules);
}

static void add(enum rule_action action, int number, unsigned nth, unsigned count)
{
    struct rule rule = {.action = action, .number = number, .nth = nth, .count = count};
    ck_assert(rule_add(&rules, &rule));
}

static struct rule_verdict judge(int number, unsigned nth)
{
    uint8_t payload[] = {(uint8_t)number};
    return rule_judge(&rules, number, nth, payload, sizeof payload, NULL, false);
}

START_TEST(without_rules_nothing_happens)
{
    struct rule_verdict verdict = judge(DATA, 1);
    ck_assert(!verdict.withhold && !verdict.corrupt && !verdict.hold_before && !verdict.hold_after);
    ck_assert_uint_eq(verdict.again, 0);
    ck_assert_uint_eq(buffer_length(&verdict.altered), 0);
}
END_TEST

START_TEST(a_rule_strikes_the_message_it_names_and_only_once)
{
    add(RULE_CORRUPT, DATA, 0, 0);
    ck_assert(!judge(EOF_, 1).corrupt);
    ck_assert(judge(DATA, 2).corrupt);
    ck_assert(!judge(DATA, 3).corrupt);
}
END_TEST

START_TEST(what_is_withheld_stays_withheld)
{
    add(RULE_WITHHOLD, EOF_, 0, 0);
    for (unsigned nth = 1; nth < 4; nth++)
        ck_assert(judge(EOF_, nth).withhold);
    ck_assert(!judge(DATA, 4).withhold);
}
END_TEST

START_TEST(the_kth_message_is_counted_whatever_its_name)
{
    add(RULE_HOLD_BEFORE, RULE_ANY, 3, 0);
    ck_assert(!judge(SUCCESS, 1).hold_before);
    ck_assert(!judge(DATA, 2).hold_before);
    ck_assert(judge(EOF_, 3).hold_before);
    ck_assert(!judge(EOF_, 3).hold_before);
}
END_TEST

START_TEST(of_what_a_script_says_only_holds_are_asked)
{
    uint8_t payload[] = {DATA};
    add(RULE_CORRUPT, DATA, 0, 0);
    add(RULE_AGAIN, DATA, 0, 2);
    add(RULE_HOLD_AFTER, DATA, 0, 0);
    struct rule_verdict verdict = rule_judge(&rules, DATA, 1, payload, 1, NULL, true);
    ck_assert(verdict.hold_after && !verdict.corrupt && verdict.again == 0);
    verdict = judge(DATA, 2);
    ck_assert(!verdict.hold_after && verdict.corrupt && verdict.again == 2);
}
END_TEST

START_TEST(dropping_holds_leaves_the_other_rules)
{
    add(RULE_HOLD_BEFORE, DATA, 0, 0);
    add(RULE_CORRUPT, DATA, 0, 0);
    add(RULE_HOLD_AFTER, RULE_ANY, 7, 0);
    rule_drop_holds(&rules);
    struct rule_verdict verdict = judge(DATA, 7);
    ck_assert(!verdict.hold_before && !verdict.hold_after && verdict.corrupt);
}
END_TEST

static void add_alter(const char *field, uint32_t value)
{
    struct rule rule = {.action = RULE_ALTER, .number = DATA, .field_count = 1};
    rule.fields = calloc(1, sizeof *rule.fields);
    strcpy(rule.fields[0].name, field);
    rule.fields[0].value = (struct message_value){.present = true, .number = value};
    ck_assert(rule_add(&rules, &rule));
}

static struct rule_verdict judge_data(void)
{
    struct buffer payload = {0};
    ck_assert(payload_put_byte(&payload, DATA) && payload_put_u32(&payload, 3) &&
              payload_put_text(&payload, "text"));
    struct rule_verdict verdict =
        rule_judge(&rules, DATA, 1, (const uint8_t *)buffer_front(&payload),
                   buffer_length(&payload), NULL, false);
    buffer_fini(&payload);
    return verdict;
}

START_TEST(an_altered_message_has_the_new_field_and_keeps_the_others)
{
    add_alter("recipient", 77);
    struct rule_verdict verdict = judge_data();
    struct payload_reader reader =
        payload_read(buffer_front(&verdict.altered), buffer_length(&verdict.altered));
    ck_assert_uint_eq(payload_get_byte(&reader), DATA);
    ck_assert_uint_eq(payload_get_u32(&reader), 77);
    ck_assert(payload_text_is(payload_get_string(&reader), "text"));
    buffer_fini(&verdict.altered);
}
END_TEST

START_TEST(two_alterations_of_one_message_both_count_and_the_later_wins)
{
    add_alter("recipient", 77);
    add_alter("recipient", 78);
    struct rule_verdict verdict = judge_data();
    struct payload_reader reader =
        payload_read(buffer_front(&verdict.altered) + 1, buffer_length(&verdict.altered) - 1);
    ck_assert_uint_eq(payload_get_u32(&reader), 78);
    buffer_fini(&verdict.altered);
}
END_TEST

Suite *suite_rule(void)
{
    Suite *suite = suite_create("rule");
    TCase *tests = tcase_create("rule");
    tcase_add_checked_fixture(tests, begin, end);
    tcase_add_test(tests, without_rules_nothing_happens);
    tcase_add_test(tests, a_rule_strikes_the_message_it_names_and_only_once);
    tcase_add_test(tests, what_is_withheld_stays_withheld);
    tcase_add_test(tests, the_kth_message_is_counted_whatever_its_name);
    tcase_add_test(tests, of_what_a_script_says_only_holds_are_asked);
    tcase_add_test(tests, dropping_holds_leaves_the_other_rules);
    tcase_add_test(tests, an_altered_message_has_the_new_field_and_keeps_the_others);
    tcase_add_test(tests, two_alterations_of_one_message_both_count_and_the_later_wins);
    suite_add_tcase(suite, tests);
    return suite;
}
