#include "explore/explore.h"

#include "base/clock.h"
#include "explore/plan.h"
#include "explore/shrink.h"
#include "explore/trial.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>

enum { BATCH = 24, KINDS_MAX = 64 };

/* Failures are of one kind when the verdict's first word and the phase of the plan are the same: a
 * client without a timeout hangs in every phase, and each is shown once. */
struct kind {
    struct trial_verdict verdict;
    enum phase phase;
};

struct exploration {
    const struct explore_options *options;
    struct explore_result *result;
    FILE *out;
    struct trial trial;
    struct kind kinds[KINDS_MAX];
    size_t kind_count;
};

static bool is_known(struct exploration *it, const struct plan *plan,
                     const struct trial_verdict *verdict)
{
    for (size_t i = 0; i < it->kind_count; i++) {
        if (it->kinds[i].phase == plan->phase && trial_is_same(&it->kinds[i].verdict, verdict))
            return true;
    }
    if (it->kind_count < KINDS_MAX)
        it->kinds[it->kind_count++] = (struct kind){*verdict, plan->phase};
    return false;
}

/* A line of a comment must not end before its time. */
static void flatten(char *text)
{
    for (char *c = text; *c != '\0'; c++) {
        if ((unsigned char)*c < ' ')
            *c = ' ';
    }
}

static enum err write_finding(const struct exploration *it, const struct plan *plan,
                              const struct trial_verdict *verdict, char path[PATH_MAX],
                              struct err_text *error)
{
    char found[PLAN_LUA_BYTES / 2], text[PLAN_LUA_BYTES], reason[TRIAL_REASON_BYTES];
    memcpy(reason, verdict->reason, sizeof reason);
    flatten(reason);
    (void)snprintf(found, sizeof found,
                   "-- %s of %s: %.300s.\n-- Composed from seed %" PRIu64
                   " and made small; the whole of it comes again with\n"
                   "--     fakesshd explore --client %s --seed %" PRIu64 " --findings 1\n",
                   verdict->words, it->options->client, reason, plan->seed, it->options->client,
                   plan->seed);
    plan_write_lua(plan, found, text);
    (void)snprintf(path, PATH_MAX, "%s/found-%" PRIu64 ".lua", it->options->folder, plan->seed);
    FILE *file = fopen(path, "we");
    bool done = file != NULL && fputs(text, file) >= 0;
    if (file != NULL && fclose(file) != 0)
        done = false;
    return done ? ERR_NONE : err_set_errno(error, "cannot write %s", path);
}

static enum err judge_for_shrinking(void *owner, const struct plan *plans, size_t count,
                                    struct trial_verdict *verdicts, struct err_text *error)
{
    const struct exploration *it = owner;
    return trial_judge(&it->trial, plans, count, verdicts, error);
}

static enum err take_finding(struct exploration *it, struct plan plan, struct trial_verdict verdict,
                             struct err_text *error)
{
    size_t steps = plan.count;
    bool again = false;
    char path[PATH_MAX];
    enum err failed = shrink_plan(&plan, &verdict, judge_for_shrinking, it, &again, error);
    if (failed != ERR_NONE || trial_interrupted())
        return failed;
    if (!again) {
        it->result->once++;
        fprintf(it->out, "seed %" PRIu64 ": %s, but not a second time; left out\n", plan.seed,
                verdict.words);
        it->kind_count--; /* the last one that was added: the next of its kind is looked at */
        return ERR_NONE;
    }
    failed = write_finding(it, &plan, &verdict, path, error);
    if (failed != ERR_NONE)
        return failed;
    it->result->found++;
    fprintf(it->out, "seed %" PRIu64 ": %s; of %zu steps %zu are left: %s\n", plan.seed,
            verdict.words, steps, plan.count, path);
    (void)fflush(it->out);
    return ERR_NONE;
}

static bool has_enough(const struct exploration *it)
{
    return trial_interrupted() || it->result->found >= it->options->findings_max;
}

/* The first few are told in words. */
static void note_not_judged(struct exploration *it, const struct plan *plan,
                            const struct trial_verdict *verdict)
{
    enum { TOLD_MAX = 3 };
    if (it->result->not_judged++ < TOLD_MAX)
        fprintf(it->out, "seed %" PRIu64 ": not judged: %s: %s\n", plan->seed,
                verdict->words[0] != '\0' ? verdict->words : "no verdict", verdict->reason);
}

static enum err explore_batch(struct exploration *it, struct err_text *error)
{
    struct plan plans[BATCH];
    struct trial_verdict verdicts[BATCH];
    for (size_t i = 0; i < BATCH; i++)
        plans[i] = plan_of_seed(it->result->next_seed + i);
    enum err failed = trial_judge(&it->trial, plans, BATCH, verdicts, error);
    if (failed != ERR_NONE || trial_interrupted())
        return failed;
    it->result->next_seed += BATCH;
    it->result->tried += BATCH;
    for (size_t i = 0; i < BATCH && failed == ERR_NONE && !has_enough(it); i++) {
        if (trial_is_ok(&verdicts[i]))
            continue;
        if (!trial_is_finding(&verdicts[i]))
            note_not_judged(it, &plans[i], &verdicts[i]);
        else if (is_known(it, &plans[i], &verdicts[i]))
            it->result->alike++;
        else
            failed = take_finding(it, plans[i], verdicts[i], error);
    }
    return failed;
}

enum err explore(const struct explore_options *options, FILE *out, struct explore_result *result,
                 struct err_text *error)
{
    struct exploration it = {.options = options, .result = result, .out = out};
    *result = (struct explore_result){.next_seed = options->seed};
    if (mkdir(options->folder, 0777) != 0 && errno != EEXIST)
        return err_set_errno(error, "cannot make the folder %s", options->folder);
    int64_t end_ns = clock_now_ns() + options->time_ms * CLOCK_NS_PER_MS;
    enum err failed = trial_open(&it.trial, options->client, options->deadline, error);
    if (failed != ERR_NONE)
        return failed;
    while (failed == ERR_NONE && !has_enough(&it) && clock_now_ns() < end_ns)
        failed = explore_batch(&it, error);
    result->interrupted = trial_interrupted();
    trial_close(&it.trial);
    return failed;
}
