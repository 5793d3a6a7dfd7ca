/* A Lua state for code that is not trusted with the process: no io, os, debug, load or coroutines,
 * a budget of instructions and of CPU time per run, and memory charged to whoever runs.
 * Descriptions (script_file.c) and behaviour (server/script.c) both run in one of these.
 *
 * Not interruptible by the budget, Lua 5.4.4: one C function that works for long. So the pattern
 * functions refuse long subjects, table.insert and table.remove long tables, and setmetatable (__gc
 * runs with hooks off) is not there. NEEDSWORK: a pattern with many ".-" still takes as long as it
 * likes on the 4096 bytes that it may look at. */
#ifndef BASE_SCRIPT_SANDBOX_H
#define BASE_SCRIPT_SANDBOX_H

#include <lua.h>
#include <stdbool.h>
#include <stddef.h>

/* Who pays for memory. Blocks remember who paid, so that one script over its limit fails alone. */
struct script_charge {
    size_t bytes, limit_bytes;
    bool orphan; /* its owner is gone; freed with its last block */
};

struct script_sandbox;

/* A state with the safe libraries, or NULL when memory is short. Everything that is loaded now is
 * charged to the sandbox itself, at most `limit_bytes`. */
struct script_sandbox *script_sandbox_new(size_t limit_bytes);
void script_sandbox_free(struct script_sandbox **sandbox);

lua_State *script_sandbox_state(struct script_sandbox *sandbox);

/* A purse of its own for one script; end it with script_charge_release. NULL when memory is short.
 */
struct script_charge *script_charge_new(size_t limit_bytes);
void script_charge_release(struct script_charge **charge);

/* From now on `charge` pays (NULL: the sandbox itself). */
void script_sandbox_charge_to(struct script_sandbox *sandbox, struct script_charge *charge);

/* Arms the budget: after `instructions` more in `L`, or 2 s of CPU time, the run ends with the
 * error "… runs without end", which no pcall inside the script can hold up. Call before each run or
 * resume. */
void script_sandbox_budget(lua_State *L, int instructions);

#endif
