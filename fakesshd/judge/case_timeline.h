/* What happened in a case, in the order of time: what the server did, what the client said, and
 * what the judge did and which of its times passed. */
#ifndef JUDGE_CASE_TIMELINE_H
#define JUDGE_CASE_TIMELINE_H

#include "judge/case.h"

/* The server's events of its first connections; the callback of a stage whose owner is a
 * judged_case. */
void case_on_event(void *owner, enum event event, const json_t *line);

/* Adds the tasks that tell the story, the first few and the one that took longest, with the times
 * of the judge for that one; then puts everything in order. Once, when all is known. */
void case_timeline_finish(struct judged_case *judged);

#endif
