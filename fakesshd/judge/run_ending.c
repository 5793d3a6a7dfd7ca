#include "judge/run_ending.h"

#include <signal.h>

/* What the cases amount to. */
struct tally {
    int judged;
    bool unexpected, inconclusive, harness, input;
};

static void count(struct tally *tally, const struct case_result *result)
{
    switch (result->verdict.state) {
    case CASE_JUDGED:
    case CASE_FLAKY:
        tally->judged++;
        tally->unexpected |= !result->as_expected;
        break;
    case CASE_INCONCLUSIVE:
        tally->judged++;
        tally->inconclusive = true;
        break;
    case CASE_ERROR:
        tally->input |= result->error == ERR_SCENARIO;
        tally->harness |= result->error != ERR_SCENARIO;
        break;
    case CASE_SKIP:
        tally->unexpected |= !result->as_expected; /* a line lists it as something else */
        break;
    }
}

enum exit_code run_exit_code(const struct run_result *result, const struct run_ending *ending)
{
    struct tally tally = {.harness = ending->files_failed || ending->out_of_time};
    for (size_t i = 0; i < result->case_count; i++)
        count(&tally, &result->cases[i]);
    if (ending->signal_number != 0)
        return ending->signal_number == SIGINT ? EXIT_SIGINT : EXIT_SIGTERM;
    if (tally.harness)
        return EXIT_HARNESS;
    if (tally.input)
        return EXIT_BAD_INPUT;
    /* A run that was stopped at its first failure judged too few on purpose. */
    if (tally.judged < ending->min_tests && !tally.unexpected)
        return EXIT_HARNESS;
    if (tally.unexpected)
        return EXIT_UNEXPECTED;
    return tally.inconclusive ? EXIT_INCONCLUSIVE : EXIT_AS_EXPECTED;
}
