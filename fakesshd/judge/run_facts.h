/* What a reader of results wants to know and no case says: the machine, what each scenario does and
 * who has seen it, how each client was started. Into the objects of a run's result; what is there
 * already stays. */
#ifndef JUDGE_RUN_FACTS_H
#define JUDGE_RUN_FACTS_H

#include "base/scenario.h"
#include "judge/manifest.h"
#include "judge/result.h"

/* The machine, and when the run began: `ago_ms` before now. */
void run_facts_add_machine(struct run_result *run, int64_t ago_ms);

void run_facts_add_scenario(struct run_result *run, const struct scenario *scenario);

/* `version` is what its version command says, "" when it has none. Reads the comment at the top of
 * the manifest's file. */
void run_facts_add_client(struct run_result *run, const struct manifest *manifest,
                          const char *version);

#endif
