/* Scenarios' behaviour: one Lua state, one coroutine per connection. script_resume is the only
 * caller of lua_resume and the only place that knows a coroutine's state.
 *
 * C owns connections, Lua borrows them through a handle that is emptied when the connection ends:
 * a late use says "this connection is closed" instead of crashing. */
#ifndef SERVER_SCRIPT_H
#define SERVER_SCRIPT_H

#include "base/err.h"
#include "base/scenario.h"

#include <lua.h>
#include <stdbool.h>
#include <stdint.h>

struct conn;
struct script;
struct script_charge;

/* A scenario's function and its variant's table, kept in the Lua registry. */
struct script_behaviour {
    int serve_ref, variant_ref;
};

enum script_state { SCRIPT_NONE, SCRIPT_BEGUN, SCRIPT_WAITING, SCRIPT_RUNNING, SCRIPT_OVER };
enum script_status { SCRIPT_WAITS, SCRIPT_ENDED, SCRIPT_FAILED };

/* One coroutine. */
struct script_run {
    lua_State *coroutine;        /* borrowed from Lua, anchored by `ref` */
    struct script_charge *purse; /* owned; pays for its memory */
    struct conn **handle;        /* borrowed; inside the handle that Lua holds */
    int handle_ref;              /* keeps that from Lua's collector as long as the run lives */
    int ref;
    enum script_state state;
    unsigned times_told_left; /* how often it was told that the client left */
    bool deserted;            /* it went on regardless, and was ended: no failure */
    int64_t wait_until_ns;    /* of the wait it is in; INT64_MAX: no limit */
};

enum err script_new(struct script **result, uint64_t seed, struct err_text *error);
void script_free(struct script **script);

/* Loads the scenario's file for running. ERR_SCENARIO with file and line when it does not load. */
enum err script_load(struct script *script, const struct scenario *scenario,
                     struct script_behaviour *behaviour, struct err_text *error);

/* Makes the coroutine that will run serve(conn, variant); it runs at the first script_resume. */
enum err script_begin(struct script *script, struct script_run *run,
                      const struct script_behaviour *behaviour, struct conn *conn,
                      struct err_text *error);

bool script_run_is_waiting(const struct script_run *run);

/* Lets the coroutine run until it waits (see run->wait_until_ns), ends or fails; then `error` says
 * "file:line: what" with a traceback. */
enum script_status script_resume(struct script *script, struct script_run *run,
                                 struct err_text *error);

/* Ends the coroutine wherever it is and empties its handle. Safe on a run that never began. */
void script_end(struct script *script, struct script_run *run);

/* The run that is being resumed now: for the verbs. */
struct script_run *script_running(lua_State *L);

#endif
