#include "explore/shrink.h"

/* The plan itself, then each that is simpler by one step. */
static size_t make_variants(const struct plan *plan, struct plan variants[PLAN_VARIANTS_MAX + 1])
{
    size_t count = 0;
    variants[count++] = *plan;
    for (unsigned i = 0; i < PLAN_VARIANTS_MAX && plan_simpler(plan, i, &variants[count]); i++)
        count++;
    return count;
}

enum err shrink_plan(struct plan *plan, struct trial_verdict *verdict, shrink_judge judge,
                     void *owner, bool *again, struct err_text *error)
{
    *again = false;
    for (bool smaller = true; smaller;) {
        struct plan variants[PLAN_VARIANTS_MAX + 1];
        struct trial_verdict verdicts[PLAN_VARIANTS_MAX + 1];
        size_t count = make_variants(plan, variants);
        if (count == 1 && *again)
            break;
        enum err failed = judge(owner, variants, count, verdicts, error);
        if (failed != ERR_NONE)
            return failed;
        *again |= trial_is_same(&verdicts[0], verdict);
        smaller = false;
        for (size_t i = 1; i < count && !smaller; i++) {
            if (!trial_is_same(&verdicts[i], verdict))
                continue;
            *plan = variants[i];
            *verdict = verdicts[i];
            *again = smaller = true;
        }
    }
    return ERR_NONE;
}
