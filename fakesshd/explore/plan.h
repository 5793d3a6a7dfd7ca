/* A scenario as a list of steps: what chance composes, what shrinking takes apart, what is written
 * as Lua in the end. Pure: a plan follows from its seed alone. */
#ifndef EXPLORE_PLAN_H
#define EXPLORE_PLAN_H

#include "base/phase.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    PLAN_STEPS_MAX = 8,
    PLAN_VARIANTS_MAX = PLAN_STEPS_MAX + 1, /* ways in which a plan can be simpler by one step */
    PLAN_LUA_BYTES = 4096
};

/* Where a step stands: rules before anything is said, then an honest way up to a phase, then
 * faults, then the end. */
enum plan_place { PLAN_RULE, PLAN_WAY, PLAN_FAULT, PLAN_END };

struct plan_row; /* one kind of step: a verb with places for a number and a message */

struct plan_step {
    const struct plan_row *row; /* static */
    unsigned number;            /* from the row's range */
    unsigned message;           /* which of the row's names */
};

struct plan {
    uint64_t seed;
    enum phase phase; /* honest up to it; PHASE_DNS: the answers to names are the fault */
    struct plan_step steps[PLAN_STEPS_MAX];
    size_t count; /* the way and the end are always there */
};

/* The plan of this seed: every seed has one. */
struct plan plan_of_seed(uint64_t seed);

enum plan_place plan_step_place(const struct plan_step *step);

/* The same plan with one step less, or one that is simpler: variant 0, 1, ... False when there is
 * no such variant. Simpler plans are never more steps. */
bool plan_simpler(const struct plan *plan, unsigned variant, struct plan *simpler);

/* Writes the scenario's file, ended by NUL. `found` is a comment of one or more lines, each
 * beginning with "-- ", or "". */
void plan_write_lua(const struct plan *plan, const char *found, char text[PLAN_LUA_BYTES]);

#endif
