#include "base/script_sandbox.h"

#include <lauxlib.h>
#include <lualib.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct script_sandbox {
    lua_State *state;
    struct script_charge *own;    /* owned; pays for what no script pays for */
    struct script_charge *paying; /* borrowed */
    int instructions_left;        /* of this run */
    int64_t cpu_until_ns;         /* of this thread's CPU time */
};

/* In front of each block. Eight bytes keep Lua's alignment. */
struct block {
    struct script_charge *payer;
};

enum { PATTERN_SUBJECT_MAX_BYTES = 4096, SHIFTED_MAX = 1000000, SLICE = 100, BUDGET_GONE = 1 };

/* Instructions are not alike: one can compare or join megabytes. A million plain ones take some
 * 10 ms. */
#define RUN_MAX_CPU_NS (2 * INT64_C(1000000000))

struct script_charge *script_charge_new(size_t limit_bytes)
{
    struct script_charge *charge = calloc(1, sizeof *charge);
    if (charge != NULL)
        charge->limit_bytes = limit_bytes;
    return charge;
}

static void charge_drop(struct script_charge *charge, size_t bytes)
{
    charge->bytes -= bytes;
    if (charge->orphan && charge->bytes == 0)
        free(charge);
}

void script_charge_release(struct script_charge **charge)
{
    if (*charge == NULL)
        return;
    (*charge)->orphan = true;
    charge_drop(*charge, 0);
    *charge = NULL;
}

/* lua_Alloc. A growing block is paid by its first payer, unless it grows while another runs: then
 * the runner takes it over, so that nobody can spend from somebody else's purse. */
static void *allocate(void *user, void *pointer, size_t old_size, size_t new_size)
{
    struct script_sandbox *sandbox = user;
    struct block *old = pointer == NULL ? NULL : (struct block *)pointer - 1;
    if (old == NULL)
        old_size = 0; /* Lua passes a type tag here */
    if (new_size == 0) {
        if (old != NULL) {
            charge_drop(old->payer, old_size);
            free(old);
        }
        return NULL;
    }
    struct script_charge *payer = sandbox->paying;
    if (old != NULL && new_size <= old_size)
        payer = old->payer;
    size_t had = old != NULL && old->payer == payer ? old_size : 0;
    if (new_size > had && payer->bytes - had + new_size > payer->limit_bytes)
        return NULL;
    struct script_charge *before = old == NULL ? NULL : old->payer;
    struct block *block = realloc(old, sizeof *block + new_size);
    if (block == NULL)
        return NULL;
    block->payer = payer;
    payer->bytes += new_size;
    if (before != NULL)
        charge_drop(before, old_size);
    return block + 1;
}

/* CPU time: a machine that is busy with others makes no script fail. */
static int64_t cpu_now_ns(void)
{
    struct timespec now = {0};
    (void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
}

/* Arms itself again before it throws: each level of pcall dies at its next instruction. */
static void on_slice_done(lua_State *L, lua_Debug *debug)
{
    (void)debug;
    struct script_sandbox *sandbox = NULL;
    (void)lua_getallocf(L, (void **)&sandbox);
    sandbox->instructions_left -= SLICE;
    bool counted_out = sandbox->instructions_left <= 0;
    if (!counted_out && cpu_now_ns() < sandbox->cpu_until_ns)
        return;
    sandbox->instructions_left = counted_out ? 0 : sandbox->instructions_left;
    lua_sethook(L, on_slice_done, LUA_MASKCOUNT, BUDGET_GONE);
    luaL_where(L, 0); /* in a hook, level 0 is the function that was running */
    lua_pushfstring(L, "the script runs without end: it used up its budget of %s",
                    counted_out ? "instructions" : "CPU time");
    lua_concat(L, 2);
    (void)lua_error(L);
}

void script_sandbox_budget(lua_State *L, int instructions)
{
    struct script_sandbox *sandbox = NULL;
    (void)lua_getallocf(L, (void **)&sandbox);
    sandbox->instructions_left = instructions;
    sandbox->cpu_until_ns = cpu_now_ns() + RUN_MAX_CPU_NS;
    lua_sethook(L, on_slice_done, LUA_MASKCOUNT, SLICE);
}

/* Upvalue 1 is the real function, here and in what follows. */
static int call_real_function(lua_State *L)
{
    int count = lua_gettop(L);
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_insert(L, 1);
    lua_call(L, count, LUA_MULTRET);
    return lua_gettop(L);
}

/* Nothing, written as often as you like, is still nothing; Lua counts all the same. */
static int l_rep(lua_State *L)
{
    size_t length = 0, separator_length = 0;
    (void)luaL_checklstring(L, 1, &length);
    (void)luaL_checkinteger(L, 2);
    (void)luaL_optlstring(L, 3, "", &separator_length);
    if (length > 0 || separator_length > 0)
        return call_real_function(L);
    lua_pushliteral(L, "");
    return 1;
}

/* table.insert and table.remove move all that is behind: #t may be 2^62 with 62 elements. */
static int l_shift_function(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TTABLE);
    luaL_argcheck(L, lua_rawlen(L, 1) <= SHIFTED_MAX, 1, "at most 1000000 elements can be moved");
    return call_real_function(L);
}

static int call_with_short_pattern(lua_State *L)
{
    size_t length = 0;
    (void)luaL_checklstring(L, 2, &length);
    luaL_argcheck(L, length <= 64, 2, "a pattern is at most 64 bytes here");
    return call_real_function(L);
}

/* Patterns can take exponential time in one C call. */
static int l_pattern_function(lua_State *L)
{
    size_t length = 0;
    (void)luaL_checklstring(L, 1, &length);
    luaL_argcheck(L, length <= PATTERN_SUBJECT_MAX_BYTES, 1,
                  "patterns are for strings of at most 4096 bytes here");
    return call_with_short_pattern(L);
}

/* Plain text takes at most its length times the subject's. */
static int l_find(lua_State *L)
{
    return lua_toboolean(L, 4) ? call_with_short_pattern(L) : l_pattern_function(L);
}

static void open_library(lua_State *L, const char *name, lua_CFunction open)
{
    luaL_requiref(L, name, open, 1);
    lua_pop(L, 1);
}

/* Replaces a function of the library on the top of the stack. */
static void guard(lua_State *L, const char *name, lua_CFunction function)
{
    lua_getfield(L, -1, name);
    lua_pushcclosure(L, function, 1);
    lua_setfield(L, -2, name);
}

/* Runs protected, so that a state that does not fit its memory is an error and not a panic. */
static int l_open_libraries(lua_State *L)
{
    static const char *const dangerous[] = {"dofile", "load",   "loadfile",     "collectgarbage",
                                            "print",  "rawset", "setmetatable", "require",
                                            "warn",   NULL};
    static const char *const patterns[] = {"gmatch", "gsub", "match", NULL};
    open_library(L, "_G", luaopen_base);
    open_library(L, LUA_STRLIBNAME, luaopen_string);
    open_library(L, LUA_TABLIBNAME, luaopen_table);
    open_library(L, LUA_MATHLIBNAME, luaopen_math);
    for (size_t i = 0; dangerous[i] != NULL; i++) {
        lua_pushnil(L);
        lua_setglobal(L, dangerous[i]);
    }
    lua_getglobal(L, "string");
    for (size_t i = 0; patterns[i] != NULL; i++)
        guard(L, patterns[i], l_pattern_function);
    guard(L, "find", l_find);
    guard(L, "rep", l_rep);
    lua_pushnil(L);
    lua_setfield(L, -2, "dump");
    /* Strings that answer like tables keep one call of table.concat busy for years. */
    lua_pushliteral(L, "");
    (void)lua_getmetatable(L, -1);
    lua_pushboolean(L, false);
    lua_setfield(L, -2, "__metatable");
    lua_pop(L, 2);
    lua_getglobal(L, "table");
    guard(L, "insert", l_shift_function);
    guard(L, "remove", l_shift_function);
    lua_pushnil(L); /* one call may copy nils for years, out of the budget's sight */
    lua_setfield(L, -2, "move");
    return 0;
}

struct script_sandbox *script_sandbox_new(size_t limit_bytes)
{
    struct script_sandbox *sandbox = calloc(1, sizeof *sandbox);
    if (sandbox == NULL)
        return NULL;
    sandbox->own = script_charge_new(limit_bytes);
    sandbox->paying = sandbox->own;
    if (sandbox->own != NULL)
        sandbox->state = lua_newstate(allocate, sandbox);
    if (sandbox->state == NULL) {
        script_charge_release(&sandbox->own);
        free(sandbox);
        return NULL;
    }
    lua_pushcfunction(sandbox->state, l_open_libraries);
    if (lua_pcall(sandbox->state, 0, 0, 0) != LUA_OK)
        script_sandbox_free(&sandbox);
    return sandbox;
}

void script_sandbox_free(struct script_sandbox **sandbox)
{
    if (*sandbox == NULL)
        return;
    (*sandbox)->paying = (*sandbox)->own;
    lua_close((*sandbox)->state);
    script_charge_release(&(*sandbox)->own);
    free(*sandbox);
    *sandbox = NULL;
}

lua_State *script_sandbox_state(struct script_sandbox *sandbox)
{
    return sandbox->state;
}

void script_sandbox_charge_to(struct script_sandbox *sandbox, struct script_charge *charge)
{
    sandbox->paying = charge != NULL ? charge : sandbox->own;
}
