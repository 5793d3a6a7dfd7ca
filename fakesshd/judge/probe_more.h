/* The thorough part of a probe: what a driver's protocol promises beyond what every verdict rests
 * on. Called by probe.c only; the functions of probe.c that it needs stand here, too. */
#ifndef JUDGE_PROBE_MORE_H
#define JUDGE_PROBE_MORE_H

#include "judge/probe.h"

#define PROBE_ODD_OP "an-operation-that-does-not-exist"

/* Begins with the tasks; or, where not even the healthy one came back, with what needs none. */
void probe_more_begin(struct probe *probe, int64_t now_ns);
void probe_more_skip_tasks(struct probe *probe, int64_t now_ns);

/* One look at the step that is under way. */
void probe_more_step(struct probe *probe, int64_t now_ns);

/* The driver died where nothing asked it to: nothing can be asked any more. */
void probe_more_on_death(struct probe *probe);

/* ---- of probe.c ---- */

void probe_enter(struct probe *probe, enum probe_step step, int64_t now_ns);
bool probe_is_over(const struct probe *probe, const struct task *task, int64_t now_ns);
struct task *probe_start_task(struct probe *probe, const struct scenario *scenario, int slot,
                              int64_t deadline_ms, bool wrong_hostkey);
/* "failure after 3 ms: connection refused" */
void probe_describe_task(const struct task *task, int64_t now_ns, char *text, size_t size);
/* Trusted, unless some step failed. */
void probe_conclude_by_findings(struct probe *probe);
/* What came of the operation that does not exist. */
void probe_find_odd(struct probe *probe);
void probe_changed(struct probe *probe);

#endif
