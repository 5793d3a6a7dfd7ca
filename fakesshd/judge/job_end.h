/* What becomes of a case that has ended: a verdict that counts, another try, one more repeat, or a
 * process of its own. */
#ifndef JUDGE_JOB_END_H
#define JUDGE_JOB_END_H

#include "judge/schedule.h"

/* Where the result of a job stands. */
struct case_result *job_end_result(const struct job *job);

/* It is not asked of its client, or its client is not trusted: that is its result. */
void job_end_skip(struct job *job, const char *reason);
void job_end_not_proven(struct job *job);

/* Makes what a job was judged so far its result, as it is not repeated any more. */
void job_end_conclude(struct job *job);

/* The case_begin() callback; `owner` is the job. Gives its lane back. */
void job_end_case(struct judged_case *judged, void *owner);

#endif
