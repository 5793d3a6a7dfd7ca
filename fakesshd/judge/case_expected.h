/* Is a verdict what is expected of its client? */
#ifndef JUDGE_CASE_EXPECTED_H
#define JUDGE_CASE_EXPECTED_H

#include "judge/expect_condition.h"
#include "judge/run.h"

/* Looks the verdict up in the client's expectation file, and fills in what the result says of that.
 * `machine` is from expect_facts_now(). */
void case_expected_judge(struct case_result *result, const struct run_client *client,
                         const struct expect_facts *machine);

#endif
