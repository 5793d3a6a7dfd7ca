/* The steps of a case after its last round: what hangs is waited for, taken down and ended. For
 * case_steps.c, which says when they are taken. */
#ifndef JUDGE_CASE_ENDING_H
#define JUDGE_CASE_ENDING_H

#include "judge/case.h"

bool case_step_waiting_hung(struct judged_case *judged, int64_t now_ns, int64_t *look_ns);
bool case_step_evidence(struct judged_case *judged, int64_t now_ns, int64_t *look_ns);
bool case_step_control_after(struct judged_case *judged, int64_t now_ns, int64_t *look_ns);
bool case_step_dump(struct judged_case *judged, int64_t now_ns, int64_t *look_ns);
bool case_step_stopping(struct judged_case *judged, int64_t now_ns, int64_t *look_ns);

#endif
