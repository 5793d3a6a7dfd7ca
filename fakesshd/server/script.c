#include "server/script.h"

#include "base/clock.h"
#include "base/script_file.h"
#include "base/script_sandbox.h"
#include "server/prelude.h"
#include "server/script_core.h"

#include <lauxlib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    STATE_MAX_BYTES = 256 * 1024 * 1024,
    COROUTINE_MAX_BYTES = 8 * 1024 * 1024,
    BUDGET_INSTRUCTIONS = 1000000
};

struct script {
    struct script_sandbox *sandbox; /* owned */
    lua_State *state;               /* borrowed from the sandbox */
    struct script_run *running;     /* borrowed; NULL outside script_resume */
    uint64_t seed;
};

static const char script_key; /* its address is the registry's key of struct script */

struct script_run *script_running(lua_State *L)
{
    (void)lua_rawgetp(L, LUA_REGISTRYINDEX, &script_key);
    struct script *script = lua_touserdata(L, -1);
    lua_pop(L, 1);
    return script->running;
}

/* ---- making the state ---- */

/* Runs the prelude with (core, conn methods, channel methods). */
static int l_load_prelude(lua_State *L)
{
    struct script *script = lua_touserdata(L, 1);
    lua_pushlightuserdata(L, script);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &script_key);
    lua_getglobal(L, "math");
    lua_getfield(L, -1, "randomseed");
    lua_pushinteger(L, (lua_Integer)script->seed);
    lua_call(L, 1, 0);
    lua_pushnil(L);
    lua_setfield(L, -2, "randomseed");
    if (luaL_loadbufferx(L, prelude_source, strlen(prelude_source), "=prelude", "t") != LUA_OK)
        return lua_error(L);
    script_core_push(L);
    luaL_newmetatable(L, SCRIPT_CONN_META);
    luaL_newmetatable(L, SCRIPT_CHANNEL_META);
    lua_call(L, 3, 0);
    return 0;
}

enum err script_new(struct script **result, uint64_t seed, struct err_text *error)
{
    struct script *script = calloc(1, sizeof *script);
    if (script != NULL)
        script->sandbox = script_sandbox_new(STATE_MAX_BYTES);
    if (script == NULL || script->sandbox == NULL) {
        free(script);
        return err_set(error, ERR_SYSTEM, "out of memory while making the Lua state");
    }
    script->state = script_sandbox_state(script->sandbox);
    script->seed = seed;
    lua_pushcfunction(script->state, l_load_prelude);
    lua_pushlightuserdata(script->state, script);
    if (lua_pcall(script->state, 1, 0, 0) != LUA_OK) {
        enum err failed = err_set(error, ERR_SYSTEM, "%s", lua_tostring(script->state, -1));
        script_free(&script);
        return failed;
    }
    *result = script;
    return ERR_NONE;
}

void script_free(struct script **script)
{
    if (*script == NULL)
        return;
    script_sandbox_free(&(*script)->sandbox);
    free(*script);
    *script = NULL;
}

/* ---- loading a scenario ---- */

struct load {
    const struct scenario *scenario;
    struct script_behaviour *behaviour;
    const char *text;
    size_t length;
};

/* A scenario's globals are its own: copies, so that one file cannot change another's. */
static void push_environment(lua_State *L)
{
    lua_newtable(L);
    lua_pushglobaltable(L);
    lua_pushnil(L);
    while (lua_next(L, -2) != 0) {
        lua_pushvalue(L, -2); /* env globals key value key */
        if (lua_istable(L, -2) && strcmp(lua_tostring(L, -1), "_G") != 0) {
            lua_newtable(L); /* a library: copy it one level deep */
            lua_pushnil(L);
            while (lua_next(L, -4) != 0) {
                lua_pushvalue(L, -2);
                lua_insert(L, -2);
                lua_settable(L, -4);
            }
        } else if (lua_istable(L, -2)) {
            lua_pushnil(L); /* no _G */
        } else {
            lua_pushvalue(L, -2);
        }
        lua_settable(L, -6);
        lua_pop(L, 1);
    }
    lua_pop(L, 1);
}

/* The variant's table is the one whose name the id ends with. */
static void push_variant(lua_State *L, const struct scenario *scenario, int table)
{
    const char *wanted = json_string_value(json_object_get(scenario->variant, "name"));
    lua_getfield(L, table, "variants");
    for (lua_Integer i = 1; wanted != NULL && lua_geti(L, -1, i) == LUA_TTABLE; i++) {
        lua_getfield(L, -1, "name");
        const char *name = lua_tostring(L, -1);
        bool found = name != NULL && strcmp(name, wanted) == 0;
        lua_pop(L, 1);
        if (found)
            return;
        lua_pop(L, 1);
    }
    lua_newtable(L);
}

static int l_load_scenario(lua_State *L)
{
    struct load *load = lua_touserdata(L, 1);
    char chunk[512];
    (void)snprintf(chunk, sizeof chunk, "@%s", script_file_display_name(load->scenario->file));
    if (luaL_loadbufferx(L, load->text, load->length, chunk, "t") != LUA_OK)
        return lua_error(L);
    push_environment(L);
    (void)lua_setupvalue(L, -2, 1);
    lua_call(L, 0, 1);
    int table = lua_gettop(L);
    luaL_checktype(L, table, LUA_TTABLE);
    lua_getfield(L, table, "serve");
    load->behaviour->serve_ref = luaL_ref(L, LUA_REGISTRYINDEX);
    push_variant(L, load->scenario, table);
    load->behaviour->variant_ref = luaL_ref(L, LUA_REGISTRYINDEX);
    return 0;
}

enum err script_load(struct script *script, const struct scenario *scenario,
                     struct script_behaviour *behaviour, struct err_text *error)
{
    struct load load = {.scenario = scenario, .behaviour = behaviour};
    char *text = NULL;
    enum err failed = script_file_text(scenario->file, ERR_SCENARIO, &text, &load.length, error);
    if (failed != ERR_NONE)
        return failed;
    load.text = text;
    lua_State *L = script->state;
    script_sandbox_budget(L, BUDGET_INSTRUCTIONS);
    lua_pushcfunction(L, l_load_scenario);
    lua_pushlightuserdata(L, &load);
    if (lua_pcall(L, 1, 0, 0) != LUA_OK) {
        failed = err_set(error, ERR_SCENARIO, "%s", luaL_tolstring(L, -1, NULL));
        lua_settop(L, 0);
    }
    free(text);
    return failed;
}

/* ---- running ---- */

struct begin {
    struct script_run *run;
    const struct script_behaviour *behaviour;
    struct conn *conn;
};

static int l_begin(lua_State *L)
{
    struct begin *begin = lua_touserdata(L, 1);
    lua_State *coroutine = lua_newthread(L);
    lua_rawgeti(coroutine, LUA_REGISTRYINDEX, begin->behaviour->serve_ref);
    struct conn **handle = script_core_push_conn(coroutine, begin->conn);
    /* The script may drop its handle, or end, long before the connection does. */
    lua_pushvalue(coroutine, -1);
    begin->run->handle_ref = luaL_ref(coroutine, LUA_REGISTRYINDEX);
    begin->run->handle = handle;
    lua_rawgeti(coroutine, LUA_REGISTRYINDEX, begin->behaviour->variant_ref);
    begin->run->ref = luaL_ref(L, LUA_REGISTRYINDEX);
    begin->run->coroutine = coroutine;
    return 0;
}

enum err script_begin(struct script *script, struct script_run *run,
                      const struct script_behaviour *behaviour, struct conn *conn,
                      struct err_text *error)
{
    struct begin begin = {run, behaviour, conn};
    lua_State *L = script->state;
    run->state = SCRIPT_NONE;
    run->ref = LUA_NOREF;
    run->handle_ref = LUA_NOREF;
    run->wait_until_ns = INT64_MAX;
    if (behaviour->serve_ref == LUA_REFNIL)
        return ERR_NONE;
    run->purse = script_charge_new(COROUTINE_MAX_BYTES);
    if (run->purse == NULL)
        return err_set(error, ERR_SYSTEM, "out of memory");
    script_sandbox_charge_to(script->sandbox, run->purse);
    lua_pushcfunction(L, l_begin);
    lua_pushlightuserdata(L, &begin);
    int failed = lua_pcall(L, 1, 0, 0);
    script_sandbox_charge_to(script->sandbox, NULL);
    if (failed != LUA_OK) {
        (void)err_set(error, ERR_SYSTEM, "%s", luaL_tolstring(L, -1, NULL));
        lua_settop(L, 0);
        return ERR_SYSTEM;
    }
    run->state = SCRIPT_BEGUN;
    return ERR_NONE;
}

bool script_run_is_waiting(const struct script_run *run)
{
    return run->state == SCRIPT_BEGUN || run->state == SCRIPT_WAITING;
}

/* The first place on the stack that is the scenario's own: errors of a verb belong to its caller.
 */
static void where(lua_State *coroutine, char place[300])
{
    lua_Debug about;
    place[0] = '\0';
    for (int level = 0; lua_getstack(coroutine, level, &about) != 0; level++) {
        lua_getinfo(coroutine, "Sl", &about);
        if (about.currentline > 0 && strcmp(about.source, "=prelude") != 0) {
            (void)snprintf(place, 300, "%s:%d: ", about.short_src, about.currentline);
            return;
        }
    }
}

static const char *without_prelude(const char *message)
{
    if (strncmp(message, "prelude:", 8) != 0)
        return message;
    const char *text = strstr(message + 8, ": ");
    return text != NULL ? text + 2 : message;
}

static void describe_failure(struct script *script, lua_State *coroutine, struct err_text *error)
{
    char place[300];
    lua_State *L = script->state;
    const char *message = lua_tostring(coroutine, -1);
    if (message == NULL)
        message = "an error that is not text";
    where(coroutine, place);
    bool from_verb = strncmp(message, "prelude:", 8) == 0;
    bool placed = strstr(message, ".lua:") != NULL;
    luaL_traceback(L, coroutine, NULL, 0);
    (void)err_set(error, ERR_SCENARIO, "%s%s\n%s", from_verb || !placed ? place : "",
                  without_prelude(message), lua_tostring(L, -1));
    lua_pop(L, 1);
}

/* The traceback needs memory too, which a script over its limit may have used up for good. */
static int l_describe_failure(lua_State *L)
{
    describe_failure(lua_touserdata(L, 1), lua_touserdata(L, 2), lua_touserdata(L, 3));
    return 0;
}

enum script_status script_resume(struct script *script, struct script_run *run,
                                 struct err_text *error)
{
    int results = 0;
    int arguments = run->state == SCRIPT_BEGUN ? 2 : 0;
    run->state = SCRIPT_RUNNING;
    run->wait_until_ns = INT64_MAX;
    script->running = run;
    script_sandbox_charge_to(script->sandbox, run->purse);
    script_sandbox_budget(run->coroutine, BUDGET_INSTRUCTIONS);
    int status = lua_resume(run->coroutine, script->state, arguments, &results);
    script_sandbox_charge_to(script->sandbox, NULL);
    script->running = NULL;
    if (status == LUA_YIELD) {
        lua_pop(run->coroutine, results);
        run->state = SCRIPT_WAITING;
        return SCRIPT_WAITS;
    }
    run->state = SCRIPT_OVER;
    if (status == LUA_OK || run->deserted)
        return SCRIPT_ENDED;
    (void)err_set(error, ERR_SCENARIO, "the script failed");
    lua_State *L = script->state;
    lua_pushcfunction(L, l_describe_failure);
    lua_pushlightuserdata(L, script);
    lua_pushlightuserdata(L, run->coroutine);
    lua_pushlightuserdata(L, error);
    if (lua_pcall(L, 3, 0, 0) != LUA_OK)
        lua_settop(L, 0);
    return SCRIPT_FAILED;
}

void script_end(struct script *script, struct script_run *run)
{
    if (run->handle != NULL) {
        *run->handle = NULL;
        luaL_unref(script->state, LUA_REGISTRYINDEX, run->handle_ref);
    }
    run->handle = NULL;
    if (run->coroutine != NULL) {
        /* Runs pending <close> variables; Lua 5.4.4 frees nothing else of a coroutine by itself. */
        script_sandbox_budget(run->coroutine, BUDGET_INSTRUCTIONS);
        (void)lua_resetthread(run->coroutine);
        luaL_unref(script->state, LUA_REGISTRYINDEX, run->ref);
    }
    run->coroutine = NULL;
    run->state = SCRIPT_OVER;
    script_charge_release(&run->purse);
}
