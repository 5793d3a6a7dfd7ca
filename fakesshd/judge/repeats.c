#include "judge/repeats.h"

#include <stdio.h>
#include <stdlib.h>

static bool is_undecided(const struct attempt *attempt)
{
    return attempt->verdict.state == CASE_INCONCLUSIVE;
}

static bool is_bad(const struct attempt *attempt)
{
    return attempt->verdict.state == CASE_JUDGED && !attempt->as_expected;
}

/* The higher, the more there is to tell. */
static int weight(const struct attempt *attempt)
{
    if (attempt->verdict.state == CASE_ERROR)
        return 4;
    if (is_bad(attempt))
        return 3;
    if (is_undecided(attempt))
        return 2;
    return verdict_is_clean_ok(attempt->verdict) ? 0 : 1;
}

bool repeats_prefer(const struct attempt *told, const struct attempt *next)
{
    return weight(next) > weight(told);
}

static const struct attempt *told_of(const struct attempt *attempts, size_t count)
{
    const struct attempt *told = &attempts[0];
    for (size_t i = 1; i < count; i++)
        told = repeats_prefer(told, &attempts[i]) ? &attempts[i] : told;
    return told;
}

struct verdict repeats_verdict(const struct attempt *attempts, size_t count)
{
    const struct attempt *told = told_of(attempts, count);
    int good = 0, bad = 0;
    for (size_t i = 0; i < count; i++) {
        bad += is_bad(&attempts[i]);
        good += attempts[i].verdict.state == CASE_JUDGED && attempts[i].as_expected;
    }
    if (told->verdict.state == CASE_JUDGED && good > 0 && bad > 0)
        return (struct verdict){.state = CASE_FLAKY, .good = good, .repeats = good + bad};
    return told->verdict;
}

/* "9 OK, 1 HUNG": each verdict where it came first. */
static void put_counts(FILE *out, const struct attempt *attempts, size_t count)
{
    const char *joint = "";
    for (size_t i = 0; i < count; i++) {
        char words[VERDICT_TEXT_MAX];
        size_t same = 0, earlier = 0;
        for (size_t k = 0; k < count; k++) {
            bool equal = verdict_equal(attempts[i].verdict, attempts[k].verdict);
            same += equal;
            earlier += equal && k < i;
        }
        if (earlier > 0)
            continue;
        verdict_print(attempts[i].verdict, words);
        fprintf(out, "%s%zu %s", joint, same, words);
        joint = ", ";
    }
}

char *repeats_reason(const struct attempt *attempts, size_t count)
{
    char *text = NULL;
    size_t size = 0, good = 0;
    FILE *out = open_memstream(&text, &size);
    if (out == NULL)
        abort();
    const struct attempt *told = told_of(attempts, count);
    for (size_t i = 0; i < count; i++)
        good += attempts[i].as_expected;
    fprintf(out, "%zu of %zu as expected (", good, count);
    put_counts(out, attempts, count);
    fprintf(out, "), with seed %llu: %s", (unsigned long long)told->seed, told->reason);
    (void)fclose(out);
    return text;
}

bool repeats_go_on(const struct repeats_plan *plan, const struct attempt *attempts, size_t count)
{
    const struct attempt *last = &attempts[count - 1];
    if (count >= (size_t)plan->repeats || last->verdict.state == CASE_ERROR ||
        last->verdict.state == CASE_SKIP)
        return false;
    return !plan->until_fail || !is_bad(last);
}
