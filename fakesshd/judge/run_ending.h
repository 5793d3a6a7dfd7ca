/* How a run ends: its exit code, out of its results. Plain decision, without a process. */
#ifndef JUDGE_RUN_ENDING_H
#define JUDGE_RUN_ENDING_H

#include "base/exit_code.h"
#include "judge/result.h"

#include <stdbool.h>

struct run_ending {
    int signal_number; /* that ended it; 0: none */
    bool out_of_time;  /* its own deadline passed */
    bool files_failed; /* results could not be written */
    int min_tests;     /* with fewer judged cases the run has failed */
};

/* Precedence: interrupted, then the harness's own failure, then bad input, then an unexpected
 * verdict, then an inconclusive one. */
enum exit_code run_exit_code(const struct run_result *result, const struct run_ending *ending);

#endif
