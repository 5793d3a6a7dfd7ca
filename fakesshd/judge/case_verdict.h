/* From the facts of a case to its verdict. */
#ifndef JUDGE_CASE_VERDICT_H
#define JUDGE_CASE_VERDICT_H

#include "judge/case.h"

/* Takes down what is known of the tasks while the client still runs: times, hangs, what was left
 * behind. Before anything is killed. */
void case_gather(struct judged_case *judged, int64_t now_ns);

/* Both axes, the reason in words, and the end of the case. */
void case_judge(struct judged_case *judged);

/* The case cannot be judged: ours, the scenario's or the adapter's fault. Ends it. */
void case_error(struct judged_case *judged, enum stage_fault fault, const char *why);
/* It is not asked of this client. Ends it. */
void case_skip(struct judged_case *judged, const char *why);
/* It cannot be decided. Ends it. */
void case_inconclusive(struct judged_case *judged, const char *why);

#endif
