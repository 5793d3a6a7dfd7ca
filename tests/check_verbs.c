/* The table of verbs against prelude/, where they are defined: the manual is made from the one,
 * scripts run the other. */
#include "server/verbs.h"

#include "base/script_sandbox.h"
#include "server/prelude.h"

#include "suites.h"

#include <lauxlib.h>
#include <string.h>

static const struct row {
    const char *name, *usage, *engine, *sentence;
} conn_rows[] =
    {
#define X(name, usage, engine, sentence) {name, usage, engine, sentence},
        CONN_VERBS(X)
#undef X
},
  channel_rows[] = {
#define X(name, usage, engine, sentence) {name, usage, engine, sentence},
      CHANNEL_VERBS(X)
#undef X
};

enum {
    CONN_ROWS = sizeof conn_rows / sizeof conn_rows[0],
    CHANNEL_ROWS = sizeof channel_rows / sizeof channel_rows[0]
};

/* A core that has every primitive: each is a function that does nothing. */
static const char stub_core[] = "return function(chunk)\n"
                                "  local conn_meta, channel_meta, log = {}, {}, function() end\n"
                                "  chunk({ log = log }, conn_meta, channel_meta)\n"
                                "  return conn_meta, channel_meta\n"
                                "end\n";

/* Runs the prelude; leaves the metatables of connections and of channels on the stack. */
static void load_prelude(lua_State *L)
{
    ck_assert_int_eq(luaL_loadstring(L, stub_core), LUA_OK);
    lua_call(L, 0, 1);
    ck_assert_msg(luaL_loadstring(L, prelude_source) == LUA_OK, "%s", lua_tostring(L, -1));
    ck_assert_msg(lua_pcall(L, 1, 2, 0) == LUA_OK, "%s", lua_tostring(L, -1));
}

/* Pushes the table of verbs, which is the first upvalue "methods" of a metatable's __index. */
static void push_methods(lua_State *L, int meta)
{
    lua_getfield(L, meta, "__index");
    ck_assert(lua_isfunction(L, -1));
    for (int i = 1;; i++) {
        const char *name = lua_getupvalue(L, -1, i);
        ck_assert_msg(name != NULL, "__index has no upvalue 'methods'");
        if (strcmp(name, "methods") == 0)
            return;
        lua_pop(L, 1);
    }
}

static void compare(lua_State *L, int meta, const struct row *rows, int count)
{
    push_methods(L, meta);
    for (int i = 0; i < count; i++) {
        ck_assert_msg(lua_getfield(L, -1, rows[i].name) == LUA_TFUNCTION,
                      "the verb '%s' is in verbs.h and not in prelude/", rows[i].name);
        lua_pop(L, 1);
    }
    lua_pushnil(L);
    while (lua_next(L, -2) != 0) {
        bool known = false;
        for (int i = 0; i < count; i++)
            known = known || strcmp(rows[i].name, lua_tostring(L, -2)) == 0;
        ck_assert_msg(known, "the verb '%s' is in prelude/ and not in verbs.h",
                      lua_tostring(L, -2));
        lua_pop(L, 1);
    }
}

START_TEST(the_table_and_the_prelude_have_the_same_verbs)
{
    struct script_sandbox *sandbox = script_sandbox_new(4 * 1024 * 1024);
    lua_State *L = script_sandbox_state(sandbox);
    load_prelude(L);
    int channel_meta = lua_gettop(L), conn_meta = channel_meta - 1;
    compare(L, conn_meta, conn_rows, CONN_ROWS);
    compare(L, channel_meta, channel_rows, CHANNEL_ROWS);
    script_sandbox_free(&sandbox);
}
END_TEST

static void check_row(const struct row *row, const char *object)
{
    char start[64];
    (void)snprintf(start, sizeof start, "%s:%s", object, row->name);
    ck_assert_msg(strncmp(row->usage, start, strlen(start)) == 0, "%s", row->usage);
    ck_assert(strcmp(row->engine, "any") == 0 || strcmp(row->engine, "crafted") == 0);
    ck_assert_msg(row->sentence[strlen(row->sentence) - 1] == '.', "%s", row->sentence);
}

START_TEST(every_row_has_its_usage_and_a_sentence)
{
    for (int i = 0; i < CONN_ROWS; i++)
        check_row(&conn_rows[i], "conn");
    for (int i = 0; i < CHANNEL_ROWS; i++)
        check_row(&channel_rows[i], "channel");
}
END_TEST

Suite *suite_verbs(void)
{
    Suite *suite = suite_create("verbs");
    TCase *cases = tcase_create("verbs");
    tcase_add_test(cases, the_table_and_the_prelude_have_the_same_verbs);
    tcase_add_test(cases, every_row_has_its_usage_and_a_sentence);
    suite_add_tcase(suite, cases);
    return suite;
}
