#include "base/script_file.h"

#include "base/data_dir.h"
#include "base/script_sandbox.h"

#include <ctype.h>
#include <errno.h>
#include <lauxlib.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum {
    FILE_MAX_BYTES = 256 * 1024,
    MEMORY_MAX_BYTES = 4 * 1024 * 1024,
    BUDGET_INSTRUCTIONS = 1000000,
    NESTING_MAX = 8,
    VALUES_MAX = 100000
};

const char *script_file_display_name(const char *path)
{
    const char *folder = data_dir();
    size_t length = strlen(folder);
    if (strncmp(path, folder, length) == 0 && path[length] == '/')
        return path + length + 1;
    return path;
}

enum err script_file_text(const char *path, enum err family, char **text, size_t *length,
                          struct err_text *error)
{
    const char *name = script_file_display_name(path);
    FILE *file = fopen(path, "re");
    if (file == NULL)
        return err_set(error, family, "%s: cannot be read: %s", name, strerror(errno));
    struct stat about;
    if (fstat(fileno(file), &about) != 0 || !S_ISREG(about.st_mode)) {
        (void)fclose(file);
        return err_set(error, family, "%s: expected a Lua file, found something else", name);
    }
    *text = malloc(FILE_MAX_BYTES + 1);
    *length = *text == NULL ? 0 : fread(*text, 1, FILE_MAX_BYTES + 1, file);
    (void)fclose(file);
    if (*text == NULL || *length > FILE_MAX_BYTES) {
        free(*text);
        *text = NULL;
        return err_set(error, family, "%s: is larger than %d bytes", name, FILE_MAX_BYTES);
    }
    return ERR_NONE;
}

static bool is_sequence(lua_State *L, int index)
{
    lua_Unsigned length = lua_rawlen(L, index);
    lua_Unsigned count = 0;
    lua_pushnil(L);
    while (lua_next(L, index) != 0) {
        lua_pop(L, 1);
        count++;
    }
    return count > 0 && count == length;
}

/* A table that is in another table many times becomes as many values: 8 deep, these are enough to
 * fill any memory. */
struct conversion {
    lua_State *L;
    int values;
};

/* Nothing in the conversion throws: what it has made so far would be lost. NULL: nested too deep,
 * or too much. */
static json_t *to_json(struct conversion *conversion, int index, int depth);

static json_t *sequence_to_json(struct conversion *conversion, int index, int depth)
{
    lua_State *L = conversion->L;
    json_t *array = json_array();
    for (lua_Unsigned i = 1; i <= lua_rawlen(L, index); i++) {
        lua_rawgeti(L, index, (lua_Integer)i);
        json_t *item = to_json(conversion, lua_gettop(L), depth + 1);
        lua_pop(L, 1);
        if (item == NULL) {
            json_decref(array);
            return NULL;
        }
        (void)json_array_append_new(array, item);
    }
    return array;
}

/* The name of the key on the stack; integers as in { [124] = "timeout" } become their digits. */
static void key_name(lua_State *L, int index, char name[256])
{
    if (lua_type(L, index) == LUA_TSTRING)
        (void)snprintf(name, 256, "%s", lua_tostring(L, index));
    else if (lua_isinteger(L, index))
        (void)snprintf(name, 256, "%lld", (long long)lua_tointeger(L, index));
    else
        (void)snprintf(name, 256, "[key that is not a name]");
}

static json_t *table_to_json(struct conversion *conversion, int index, int depth)
{
    lua_State *L = conversion->L;
    if (depth > NESTING_MAX || lua_checkstack(L, 8) == 0)
        return NULL;
    if (is_sequence(L, index))
        return sequence_to_json(conversion, index, depth);
    json_t *object = json_object();
    lua_pushnil(L);
    while (lua_next(L, index) != 0) {
        char name[256];
        key_name(L, -2, name);
        json_t *value = to_json(conversion, lua_gettop(L), depth + 1);
        lua_pop(L, 1);
        if (value == NULL) {
            lua_pop(L, 1);
            json_decref(object);
            return NULL;
        }
        if (json_object_set_new(object, name, value) != 0)
            (void)json_object_set_new(object, "[key that is not UTF-8]", json_true());
    }
    return object;
}

static json_t *to_json(struct conversion *conversion, int index, int depth)
{
    lua_State *L = conversion->L;
    if (++conversion->values > VALUES_MAX)
        return NULL;
    switch (lua_type(L, index)) {
    case LUA_TBOOLEAN:
        return json_boolean(lua_toboolean(L, index));
    case LUA_TNUMBER: {
        double number = lua_tonumber(L, index);
        if (lua_isinteger(L, index))
            return json_integer(lua_tointeger(L, index));
        return isfinite(number) ? json_real(number) : json_string("(not a finite number)");
    }
    case LUA_TSTRING: {
        size_t length = 0;
        const char *text = lua_tolstring(L, index, &length);
        json_t *string = json_stringn(text, length);
        return string != NULL ? string : json_string("(not UTF-8)");
    }
    case LUA_TTABLE:
        return table_to_json(conversion, index, depth);
    case LUA_TFUNCTION:
        return json_string("function");
    default:
        return json_null();
    }
}

static enum err run_and_convert(lua_State *L, const char *name, const char *text, size_t length,
                                enum err family, json_t **table, struct err_text *error)
{
    char chunk[512];
    (void)snprintf(chunk, sizeof chunk, "@%s", name);
    script_sandbox_budget(L, BUDGET_INSTRUCTIONS);
    if (luaL_loadbufferx(L, text, length, chunk, "t") != LUA_OK ||
        lua_pcall(L, 0, 1, 0) != LUA_OK) {
        /* Making text of a number may throw. */
        const char *message = lua_type(L, -1) == LUA_TSTRING ? lua_tostring(L, -1) : NULL;
        bool placed = message != NULL && strncmp(message, name, strlen(name)) == 0;
        return err_set(error, family, "%s%s%s", placed ? "" : name, placed ? "" : ":1: ",
                       message != NULL ? message : "an error that is not text");
    }
    if (!lua_istable(L, -1))
        return err_set(error, family, "%s:1: expected the file to return a table, found %s", name,
                       luaL_typename(L, -1));
    struct conversion conversion = {.L = L};
    *table = to_json(&conversion, lua_gettop(L), 0);
    if (*table == NULL && conversion.values > VALUES_MAX)
        return err_set(error, family, "%s:1: the description has more than %d values", name,
                       VALUES_MAX);
    if (*table == NULL)
        return err_set(error, family, "%s:1: the description is nested more than %d deep", name,
                       NESTING_MAX);
    if (!json_is_object(*table)) {
        json_decref(*table);
        *table = NULL;
        return err_set(error, family, "%s:1: expected a table with named fields, found a list",
                       name);
    }
    return ERR_NONE;
}

enum err script_file_read(const char *path, enum err family, json_t **table, struct err_text *error)
{
    char *text = NULL;
    size_t length = 0;
    *table = NULL;
    enum err failed = script_file_text(path, family, &text, &length, error);
    if (failed != ERR_NONE)
        return failed;
    struct script_sandbox *sandbox = script_sandbox_new(MEMORY_MAX_BYTES);
    if (sandbox == NULL)
        failed = err_set(error, ERR_SYSTEM, "out of memory while reading %s", path);
    else
        failed = run_and_convert(script_sandbox_state(sandbox), script_file_display_name(path),
                                 text, length, family, table, error);
    script_sandbox_free(&sandbox);
    free(text);
    return failed;
}

int script_file_line_of(const char *path, const char *key)
{
    char *text = NULL;
    size_t length = 0;
    if (script_file_text(path, ERR_SYSTEM, &text, &length, NULL) != ERR_NONE || text == NULL)
        return 1;
    text[length < FILE_MAX_BYTES ? length : FILE_MAX_BYTES] = '\0';
    int line = 1, found = 1;
    size_t key_length = strlen(key);
    for (const char *at = text; *at != '\0'; at++) {
        if (*at == '\n')
            line++;
        bool starts = at == text || (!isalnum((unsigned char)at[-1]) && at[-1] != '_');
        if (!starts || strncmp(at, key, key_length) != 0)
            continue;
        const char *after = at + key_length;
        while (*after == ' ' || *after == '\t')
            after++;
        if (after[0] == '=' && after[1] != '=') {
            found = line;
            break;
        }
    }
    free(text);
    return found;
}
