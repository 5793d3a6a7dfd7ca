/* A probe without a run around it: `fakesshd probe`. */
#ifndef JUDGE_PROBE_ALONE_H
#define JUDGE_PROBE_ALONE_H

#include "base/scenario.h"
#include "judge/manifest.h"
#include "judge/probe_findings.h"
#include "judge/transcript.h"

/* What came of it; text is inside. */
struct probe_alone_result {
    struct probe_findings findings;
    bool trusted; /* by the steps alone */
    char version[160], stderr_text[2048];
};

/* Probes a client thoroughly, in a loop of its own; call process_prepare() before. What goes over a
 * driver's pipes is added to `transcript`. ERR_SYSTEM when the catalogue lacks what is asked for,
 * or there is no folder to be had. Takes some seconds, and at most half a minute beside eight times
 * the deadline. */
enum err probe_alone(const struct manifest *manifest, const struct catalogue *catalogue,
                     int64_t deadline_ms, struct transcript *transcript,
                     struct probe_alone_result *result, struct err_text *error);

#endif
