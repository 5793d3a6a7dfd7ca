#include "judge/case_expected.h"

#include "judge/expect_decide.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void case_expected_judge(struct case_result *result, const struct run_client *client,
                         const struct expect_facts *machine)
{
    struct expect_facts facts = *machine;
    char why[1000];
    facts.version = result->client_version != NULL ? result->client_version : client->version;
    facts.deadline_ms = result->deadline_ms;
    /* Of one that isn't there nothing can be stale. */
    const struct expect_file *expect = client->missing == NULL ? client->expect : NULL;
    struct expect_decision decision = expect_decide(expect, result->id, result->verdict, &facts);
    result->as_expected = decision.as_expected;
    result->stale = decision.stale;
    result->expected_verdict = (struct verdict){.state = CASE_JUDGED};
    free(result->known_gap);
    free(result->known_gap_at);
    free(result->stale_why);
    result->known_gap = result->known_gap_at = result->stale_why = NULL;
    expect_decision_print(&decision, expect, why, sizeof why);
    if (why[0] != '\0')
        result->stale_why = strdup(why);
    if (expect == NULL || decision.entry == NULL ||
        (verdict_is_clean_ok(result->verdict) && decision.as_expected))
        return; /* a gap that shows only now and then is none when it doesn't */
    result->expected_verdict = decision.entry->holds_any[0] && decision.as_expected
                                   ? result->verdict
                                   : decision.entry->verdicts[0];
    result->known_gap = strdup(decision.entry->reason);
    if (asprintf(&result->known_gap_at, "%s:%d", expect->path, decision.entry->line) < 0)
        abort();
}
