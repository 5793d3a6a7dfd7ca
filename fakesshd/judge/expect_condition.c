/* Reads the conditions of expectation files, and says whether they hold. */
#include "judge/expect_condition.h"

#include "base/duration.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>

static const struct {
    const char *word;
    enum expect_comparison comparison;
} subjects[] = {
#define X(id, word, comparison, sentence) {word, comparison},
    EXPECT_SUBJECTS(X)
#undef X
};

static const char *const signs[] = {
#define X(id, sign) sign,
    EXPECT_SIGNS(X)
#undef X
};

#define COUNT(array) (sizeof(array) / sizeof *(array))

const char *expect_subject_word(enum expect_subject subject)
{
    return subjects[subject].word;
}

/* ---- dates ---- */

static bool are_digits(const char *text, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (!isdigit((unsigned char)text[i]))
            return false;
    }
    return true;
}

int expect_date_parse(const char *text)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (strlen(text) != 10 || !are_digits(text, 4) || text[4] != '-' || !are_digits(text + 5, 2) ||
        text[7] != '-' || !are_digits(text + 8, 2))
        return 0;
    int year = atoi(text), month = atoi(text + 5), day = atoi(text + 8);
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    if (month < 1 || month > 12 || day < 1 || day > days[month - 1] + (month == 2 && leap))
        return 0;
    return year * 10000 + month * 100 + day;
}

void expect_facts_now(struct expect_facts *facts)
{
    struct utsname machine;
    struct tm date;
    time_t now = time(NULL);
    *facts = (struct expect_facts){0};
    if (uname(&machine) == 0) {
        (void)snprintf(facts->kernel, sizeof facts->kernel, "%.64s", machine.release);
        (void)snprintf(facts->arch, sizeof facts->arch, "%.64s", machine.machine);
    }
    if (gmtime_r(&now, &date) != NULL)
        facts->today = (date.tm_year + 1900) * 10000 + (date.tm_mon + 1) * 100 + date.tm_mday;
}

/* ---- versions ---- */

static const char *version_begin(const char *text)
{
    const char *first = NULL;
    for (const char *at = text; *at != '\0';) {
        size_t digits = strspn(at, "0123456789");
        if (digits > 0 && first == NULL)
            first = at;
        if (digits > 0 && at[digits] == '.' && isdigit((unsigned char)at[digits + 1]))
            return at;
        at += digits > 0 ? digits : 1;
    }
    return first != NULL ? first : text + strlen(text);
}

/* One field of a version: a number, or letters. */
struct field {
    const char *text;
    size_t length; /* 0: there is none */
    bool is_number;
};

static struct field next_field(const char **at)
{
    struct field field = {NULL, 0, false};
    while (ispunct((unsigned char)**at) && **at != ',')
        (*at)++;
    field.text = *at;
    field.is_number = isdigit((unsigned char)**at) != 0;
    while (field.is_number ? isdigit((unsigned char)**at) : isalpha((unsigned char)**at))
        (*at)++;
    field.length = (size_t)(*at - field.text);
    return field;
}

static int compare_texts(struct field a, struct field b)
{
    size_t shorter = a.length < b.length ? a.length : b.length;
    int order = strncmp(a.text, b.text, shorter);
    return order != 0 ? order : (a.length > b.length) - (a.length < b.length);
}

static void drop_zeros(struct field *field)
{
    while (field->length > 0 && field->text[0] == '0') {
        field->text++;
        field->length--;
    }
}

static int compare_fields(struct field known, struct field asked)
{
    if (known.length == 0 && !asked.is_number)
        return -1;
    if (known.length > 0 && known.is_number != asked.is_number)
        return known.is_number ? 1 : -1;
    if (!asked.is_number)
        return compare_texts(known, asked);
    /* Numbers of any length: without zeros in front the longer one is the greater. */
    drop_zeros(&known);
    drop_zeros(&asked);
    if (known.length != asked.length)
        return known.length < asked.length ? -1 : 1;
    return compare_texts(known, asked);
}

int expect_version_compare(const char *known, const char *asked)
{
    const char *at = version_begin(known), *wanted = version_begin(asked);
    for (;;) {
        struct field b = next_field(&wanted);
        if (b.length == 0)
            return 0;
        int order = compare_fields(next_field(&at), b);
        if (order != 0)
            return order < 0 ? -1 : 1;
    }
}

/* ---- reading ---- */

static enum err find_subject(const char **text, enum expect_subject *subject,
                             struct err_text *error)
{
    size_t length = strcspn(*text, " \t<>=!~\"");
    for (size_t i = 0; i < COUNT(subjects); i++) {
        if (strlen(subjects[i].word) == length && strncmp(subjects[i].word, *text, length) == 0) {
            *subject = (enum expect_subject)i;
            *text += length;
            return ERR_NONE;
        }
    }
    return err_set(error, ERR_EXPECT,
                   "expected until, version, deadline, kernel or arch in a condition, found '%.*s'",
                   (int)length, *text);
}

static enum err find_sign(const char **text, struct expect_condition *condition,
                          struct err_text *error)
{
    const char *word = subjects[condition->subject].word;
    *text += strspn(*text, " \t");
    for (size_t i = 0; i < COUNT(signs); i++) {
        size_t length = strlen(signs[i]);
        if (strncmp(*text, signs[i], length) != 0)
            continue;
        condition->sign = (enum expect_sign)i;
        *text += length;
        enum expect_comparison comparison = subjects[condition->subject].comparison;
        if (comparison == EXPECT_AS_WORD && condition->sign < EXPECT_UNEQUAL)
            return err_set(error, ERR_EXPECT,
                           "%s has no order: expected =, != or ~ behind it, found %s", word,
                           signs[i]);
        if (comparison == EXPECT_AS_DURATION && condition->sign == EXPECT_LIKE)
            return err_set(error, ERR_EXPECT,
                           "%s is a duration: expected <, <=, =, !=, >= or >, found ~", word);
        return ERR_NONE;
    }
    return err_set(error, ERR_EXPECT, "expected <, <=, =, !=, >=, > or ~ behind %s, found '%s'",
                   word, *text);
}

/* The rest, without spaces around it and one pair of quotes. */
static enum err take_value(const char *text, struct expect_condition *condition,
                           struct err_text *error)
{
    text += strspn(text, " \t");
    size_t length = strlen(text);
    while (length > 0 && strchr(" \t", text[length - 1]) != NULL)
        length--;
    if (length >= 2 && text[0] == '"' && text[length - 1] == '"') {
        text++;
        length -= 2;
    }
    if (length == 0)
        return err_set(error, ERR_EXPECT, "expected a value behind %s %s",
                       subjects[condition->subject].word, signs[condition->sign]);
    condition->value = strndup(text, length);
    if (condition->value == NULL)
        abort();
    return ERR_NONE;
}

static enum err check_value(struct expect_condition *condition, struct err_text *error)
{
    const char *word = subjects[condition->subject].word, *value = condition->value;
    enum expect_comparison comparison = subjects[condition->subject].comparison;
    if (condition->sign == EXPECT_LIKE) {
        int bad = regcomp(&condition->regex, value, REG_EXTENDED | REG_NOSUB);
        char why[200];
        if (bad == 0)
            return ERR_NONE;
        (void)regerror(bad, &condition->regex, why, sizeof why);
        return err_set(error, ERR_EXPECT,
                       "expected a regular expression behind %s ~, found '%s': %s", word, value,
                       why);
    }
    if (comparison == EXPECT_AS_DURATION)
        return duration_parse_ms(value, word, &condition->duration_ms, error) == ERR_NONE
                   ? ERR_NONE
                   : ERR_EXPECT;
    if (comparison == EXPECT_AS_VERSION && !isdigit((unsigned char)value[0]))
        return err_set(error, ERR_EXPECT,
                       "expected a version that begins with a digit behind %s %s, found '%s'", word,
                       signs[condition->sign], value);
    return ERR_NONE;
}

enum err expect_condition_parse(const char *text, struct expect_condition *condition,
                                struct err_text *error)
{
    *condition = (struct expect_condition){0};
    text += strspn(text, " \t");
    enum err failed = find_subject(&text, &condition->subject, error);
    if (failed == ERR_NONE)
        failed = find_sign(&text, condition, error);
    if (failed == ERR_NONE)
        failed = take_value(text, condition, error);
    if (failed == ERR_NONE)
        failed = check_value(condition, error);
    if (failed != ERR_NONE)
        free(condition->value);
    return failed;
}

void expect_condition_fini(struct expect_condition *condition)
{
    if (condition->sign == EXPECT_LIKE)
        regfree(&condition->regex);
    free(condition->value);
    *condition = (struct expect_condition){0};
}

/* ---- judging ---- */

static bool order_fits(int order, enum expect_sign sign)
{
    switch (sign) {
    case EXPECT_AT_MOST:
        return order <= 0;
    case EXPECT_LESS:
        return order < 0;
    case EXPECT_AT_LEAST:
        return order >= 0;
    case EXPECT_MORE:
        return order > 0;
    case EXPECT_UNEQUAL:
        return order != 0;
    case EXPECT_EQUAL:
    case EXPECT_LIKE:
        break;
    }
    return order == 0;
}

static enum expect_truth truth_of(bool holds)
{
    return holds ? EXPECT_TRUE : EXPECT_FALSE;
}

enum expect_truth expect_condition_holds(const struct expect_condition *condition,
                                         const struct expect_facts *facts)
{
    const char *known = condition->subject == EXPECT_VERSION  ? facts->version
                        : condition->subject == EXPECT_KERNEL ? facts->kernel
                                                              : facts->arch;
    if (condition->subject == EXPECT_DEADLINE) {
        int64_t difference_ms = facts->deadline_ms - condition->duration_ms;
        if (facts->deadline_ms == 0)
            return EXPECT_UNKNOWN;
        return truth_of(order_fits((difference_ms > 0) - (difference_ms < 0), condition->sign));
    }
    if (known == NULL || known[0] == '\0')
        return EXPECT_UNKNOWN;
    if (condition->sign == EXPECT_LIKE)
        return truth_of(regexec(&condition->regex, known, 0, NULL, 0) == 0);
    if (subjects[condition->subject].comparison == EXPECT_AS_WORD)
        return truth_of(order_fits(strcmp(known, condition->value), condition->sign));
    /* A version without a digit cannot be compared. */
    if (*version_begin(known) == '\0')
        return EXPECT_UNKNOWN;
    return truth_of(order_fits(expect_version_compare(known, condition->value), condition->sign));
}
