/* Primitives of the crafted session: messages as Lua tables, and the rules for those that the
 * server says by itself. A table has the fields of the message's row (crafted/message.c) by their
 * names. */
#include "server/script_core.h"

#include "server/conn.h"
#include "server/crafted/sign.h"
#include "server/server.h"
#include "server/session_crafted.h"

#include <lauxlib.h>
#include <stdlib.h>
#include <string.h>

/* The crafted session of the connection at `index`, made if there is none. */
static struct crafted *check_crafted(lua_State *L, int index)
{
    struct conn *conn = script_check_conn(L, index);
    struct err_text error;
    if (conn->service->scenario->engine != ENGINE_CRAFTED)
        luaL_error(L, "libssh cannot say this; add engine = \"crafted\"");
    if (conn_need_session(conn, &error) != ERR_NONE)
        luaL_error(L, "%s", error.text);
    return session_crafted(conn->session);
}

static const struct message_row *check_row(lua_State *L, const char *name, const char *key)
{
    const struct message_row *row = message_row_find(name, key);
    if (row == NULL)
        luaL_error(L, "expected the name of a message, such as CHANNEL_DATA, found '%s'", name);
    return row;
}

/* ---- from Lua to fields ---- */

/* A list of names becomes one string with commas; it takes the list's place on the stack. */
static void join_names(lua_State *L)
{
    luaL_Buffer joined;
    int list = lua_gettop(L);
    lua_Integer count = luaL_len(L, list);
    luaL_buffinit(L, &joined);
    for (lua_Integer i = 1; i <= count; i++) {
        if (i > 1)
            luaL_addchar(&joined, ',');
        if (lua_rawgeti(L, list, i) != LUA_TSTRING)
            luaL_error(L, "expected a list of names");
        luaL_addvalue(&joined);
    }
    luaL_pushresult(&joined);
    lua_replace(L, list);
}

static uint64_t check_number(lua_State *L, const struct message_field *field)
{
    int is_number = 0;
    lua_Integer number = lua_tointegerx(L, -1, &is_number);
    if (lua_isboolean(L, -1))
        return lua_toboolean(L, -1) ? 1 : 0;
    lua_Integer most = field->kind == MESSAGE_U32   ? UINT32_MAX
                       : field->kind == MESSAGE_U64 ? INT64_MAX
                                                    : UINT8_MAX;
    if (!is_number || number < 0 || number > most)
        luaL_error(L, "%s: expected a whole number, from 0 to %I", field->name, most);
    return (uint64_t)number;
}

static bool is_number_kind(enum message_kind kind)
{
    return kind == MESSAGE_BYTE || kind == MESSAGE_BOOL || kind == MESSAGE_U32 ||
           kind == MESSAGE_U64;
}

/* The value on top of the stack, which must stay there as long as the bytes are used. */
static struct message_value check_value(lua_State *L, const struct message_field *field)
{
    struct message_value value = {.present = true};
    if (is_number_kind(field->kind)) {
        value.number = check_number(L, field);
        return value;
    }
    if (lua_istable(L, -1))
        join_names(L);
    if (lua_type(L, -1) != LUA_TSTRING)
        luaL_error(L, "%s: expected a string, found a %s", field->name, luaL_typename(L, -1));
    value.bytes = (const uint8_t *)lua_tolstring(L, -1, &value.length);
    return value;
}

/* Does not return, as luaL_error; so that a caller can show that. */
static int refuse_field(lua_State *L, const struct message_row *row, const char *name)
{
    luaL_Buffer known;
    luaL_buffinit(L, &known);
    for (int i = 0; i < MESSAGE_FIELDS_MAX && row->fields[i].name != NULL; i++) {
        luaL_addstring(&known, i > 0 ? ", " : "");
        luaL_addstring(&known, row->fields[i].name);
    }
    luaL_pushresult(&known);
    return luaL_error(L, "%s has no field '%s'; it has: %s", row->name, name, lua_tostring(L, -1));
}

/* Names in the table at `index` that are no fields of the row are mistakes. */
static void check_names(lua_State *L, int index, const struct message_row *row)
{
    lua_pushnil(L);
    while (lua_next(L, index) != 0) {
        lua_pop(L, 1);
        if (lua_type(L, -1) == LUA_TSTRING && message_field_index(row, lua_tostring(L, -1)) < 0)
            (void)refuse_field(L, row, lua_tostring(L, -1));
    }
}

/* ---- packet ---- */

static const struct message_row *row_of_table(lua_State *L, int index)
{
    if (lua_rawgeti(L, index, 1) != LUA_TSTRING)
        luaL_error(L,
                   "expected the message's name first, as in { \"CHANNEL_DATA\", data = \"x\" }, "
                   "or { raw = bytes }");
    const char *name = lua_tostring(L, -1);
    const struct message_row *row = check_row(L, name, NULL);
    if (row->key_field != NULL && lua_getfield(L, index, row->key_field) == LUA_TSTRING)
        row = check_row(L, name, lua_tostring(L, -1));
    check_names(L, index, row);
    return row;
}

/* Fields that aren't given are what an honest server would say. The stack grows by a value each. */
static void read_fields(lua_State *L, int index, const struct crafted *self,
                        const struct message_row *row,
                        struct message_value values[MESSAGE_FIELDS_MAX])
{
    memset(values, 0, MESSAGE_FIELDS_MAX * sizeof values[0]);
    luaL_checkstack(L, MESSAGE_FIELDS_MAX + 4, NULL);
    for (int i = 0; i < MESSAGE_FIELDS_MAX && row->fields[i].name != NULL; i++) {
        if (lua_getfield(L, index, row->fields[i].name) != LUA_TNIL)
            values[i] = check_value(L, &row->fields[i]);
        else if (!session_crafted_usual(self, row->name, row->fields[i].name, &values[i]))
            values[i].present = false;
    }
}

static uint32_t frame_number(lua_State *L, int index, const char *name, uint32_t most, bool *is_set)
{
    *is_set = lua_getfield(L, index, name) != LUA_TNIL;
    lua_Integer number = *is_set ? luaL_checkinteger(L, -1) : 0;
    if (number < 0 || number > most)
        luaL_error(L, "%s: expected a number from 0 to %I", name, (lua_Integer)most);
    lua_pop(L, 1);
    return (uint32_t)number;
}

static struct cipher_frame check_frame(lua_State *L, int index)
{
    struct cipher_frame frame = {0};
    if (lua_isnoneornil(L, index))
        return frame;
    luaL_checktype(L, index, LUA_TTABLE);
    frame.packet_length =
        frame_number(L, index, "packet_length", UINT32_MAX, &frame.set_packet_length);
    frame.padding_length =
        (uint8_t)frame_number(L, index, "padding_length", UINT8_MAX, &frame.set_padding_length);
    (void)lua_getfield(L, index, "spoil_mac");
    frame.spoil_mac = lua_toboolean(L, -1);
    lua_pop(L, 1);
    return frame;
}

/* What the frame's table says of the payload: `cut` leaves its first bytes, `extra` adds some. */
static bool reshape(lua_State *L, int index, struct buffer *payload)
{
    size_t extra_length = 0;
    if (lua_isnoneornil(L, index))
        return true;
    if (lua_getfield(L, index, "cut") != LUA_TNIL) {
        lua_Integer keep = lua_tointeger(L, -1);
        size_t length = buffer_length(payload);
        if (keep >= 0 && (lua_Unsigned)keep < length)
            payload->end -= length - (size_t)keep;
    }
    bool has_extra = lua_getfield(L, index, "extra") == LUA_TSTRING;
    const char *extra = has_extra ? lua_tolstring(L, -1, &extra_length) : "";
    return payload_put_raw(payload, extra, extra_length);
}

/* packet(conn, message [, frame]): sends { name, field = value … } or { raw = bytes }, now. */
static int l_packet(lua_State *L)
{
    struct crafted *self = check_crafted(L, 1);
    struct message_value values[MESSAGE_FIELDS_MAX];
    const struct message_row *row = NULL;
    const char *raw = NULL;
    size_t raw_length = 0;
    luaL_checktype(L, 2, LUA_TTABLE);
    lua_settop(L, 3);
    struct cipher_frame frame = check_frame(L, 3);
    if (lua_getfield(L, 2, "raw") == LUA_TSTRING) {
        raw = lua_tolstring(L, -1, &raw_length);
    } else {
        row = row_of_table(L, 2);
        read_fields(L, 2, self, row, values);
    }
    luaL_checkstack(L, 4, NULL);
    struct buffer payload = {0}; /* nothing throws from here on */
    bool done = (row != NULL ? message_encode(row, values, &payload)
                             : payload_put_raw(&payload, raw, raw_length)) &&
                reshape(L, 3, &payload) && !self->base.ended &&
                crafted_say_raw(self, (const uint8_t *)buffer_front(&payload),
                                buffer_length(&payload), &frame);
    buffer_fini(&payload);
    conn_flush(script_check_conn(L, 1));
    lua_pushboolean(L, done);
    return 1;
}

/* ---- expect ---- */

static void push_fields(lua_State *L, const struct message_row *row,
                        const struct message_value values[MESSAGE_FIELDS_MAX])
{
    for (int i = 0; i < MESSAGE_FIELDS_MAX && row->fields[i].name != NULL; i++) {
        if (row->fields[i].kind == MESSAGE_BOOL)
            lua_pushboolean(L, values[i].number != 0);
        else if (is_number_kind(row->fields[i].kind))
            lua_pushinteger(L, (lua_Integer)values[i].number);
        else
            lua_pushlstring(L, values[i].length > 0 ? (const char *)values[i].bytes : "",
                            values[i].length);
        lua_setfield(L, -2, row->fields[i].name);
    }
}

/* expect(conn, name): the oldest unanswered message of this name as a table, which is the script's
 * now; nil when there is none yet. */
static int l_expect(lua_State *L)
{
    struct crafted *self = check_crafted(L, 1);
    const struct message_row *row = check_row(L, luaL_checkstring(L, 2), NULL);
    uint8_t number = row->number;
    const struct crafted_payload *found = session_crafted_expect(self, number);
    struct message_value values[MESSAGE_FIELDS_MAX];
    if (found == NULL) {
        lua_pushnil(L);
        return 1;
    }
    lua_createtable(L, 0, 8);
    (void)message_decode(found->bytes, found->length, self->auth_method, &row, values);
    if (row != NULL)
        push_fields(L, row, values);
    lua_pushstring(L, row != NULL ? row->name : "");
    lua_setfield(L, -2, "message");
    lua_pushlstring(L, (const char *)found->bytes, found->length);
    lua_setfield(L, -2, "raw");
    lua_pushinteger(L, (lua_Integer)found->sequence);
    lua_setfield(L, -2, "sequence");
    session_crafted_take(self, number);
    return 1;
}

static int l_expect_no_more(lua_State *L)
{
    session_crafted_expect_no_more(check_crafted(L, 1),
                                   check_row(L, luaL_checkstring(L, 2), NULL)->number);
    return 0;
}

static int l_intercept(lua_State *L)
{
    session_crafted_intercept(check_crafted(L, 1),
                              check_row(L, luaL_checkstring(L, 2), NULL)->number);
    return 0;
}

/* ---- rules ---- */

/* The number of the message at `index`: a name, "IDENT", or the k-th that is sent. */
static void check_which(lua_State *L, int index, struct rule *rule)
{
    if (lua_isinteger(L, index)) {
        lua_Integer nth = lua_tointeger(L, index);
        luaL_argcheck(L, nth >= 1 && nth < INT32_MAX, index, "expected which message, from 1");
        rule->number = RULE_ANY;
        rule->nth = (unsigned)nth;
        return;
    }
    const char *name = luaL_checkstring(L, index);
    rule->number = strcmp(name, "IDENT") == 0 ? RULE_IDENT : check_row(L, name, NULL)->number;
}

/* rule(conn, action, which [, count]) */
static int l_rule(lua_State *L)
{
    static const char *const words[] = {"withhold", "again", "corrupt", "before", "after", NULL};
    static const enum rule_action actions[] = {RULE_WITHHOLD, RULE_AGAIN, RULE_CORRUPT,
                                               RULE_HOLD_BEFORE, RULE_HOLD_AFTER};
    struct crafted *self = check_crafted(L, 1);
    struct rule rule = {.action = actions[luaL_checkoption(L, 2, NULL, words)]};
    check_which(L, 3, &rule);
    lua_Integer count = luaL_optinteger(L, 4, 1);
    luaL_argcheck(L, count >= 1 && count <= 1000000, 4, "expected how many times, 1 to a million");
    rule.count = (unsigned)count;
    lua_pushboolean(L, rule_add(&self->rules, &rule));
    return 1;
}

/* The field of this name in any form of the message. */
static const struct message_field *find_field(const char *message, const char *field)
{
    for (size_t i = 0; i < message_row_count; i++) {
        const struct message_row *row = &message_rows[i];
        int index = strcmp(row->name, message) == 0 ? message_field_index(row, field) : -1;
        if (index >= 0)
            return &row->fields[index];
    }
    return NULL;
}

/* Copies the field on top of the stack. False when memory is short. */
static bool copy_field(lua_State *L, const struct message_field *field, struct rule_field *to)
{
    to->value = check_value(L, field);
    (void)strncpy(to->name, field->name, sizeof to->name - 1);
    uint8_t *copy = to->value.length > 0 ? malloc(to->value.length) : NULL;
    if (to->value.length > 0 && copy == NULL)
        return false;
    if (copy != NULL)
        memcpy(copy, to->value.bytes, to->value.length);
    to->value.bytes = copy;
    return true;
}

/* alter_field(conn, message, field, value): in the next message of this name. */
static int l_alter_field(lua_State *L)
{
    struct crafted *self = check_crafted(L, 1);
    const struct message_row *row = check_row(L, luaL_checkstring(L, 2), NULL);
    const struct message_field *field = find_field(row->name, luaL_checkstring(L, 3));
    if (field == NULL)
        return refuse_field(L, row, lua_tostring(L, 3));
    luaL_checkany(L, 4);
    lua_settop(L, 4);
    struct rule rule = {.action = RULE_ALTER, .number = row->number, .field_count = 1};
    struct message_value checked = check_value(L, field); /* throws here, not below */
    (void)checked;
    rule.fields = calloc(1, sizeof *rule.fields);
    bool done =
        rule.fields != NULL && copy_field(L, field, rule.fields) && rule_add(&self->rules, &rule);
    if (!done)
        free(rule.fields);
    lua_pushboolean(L, done);
    return 1;
}

/* ---- what is offered ---- */

/* offer(conn, list, names): "kex", "hostkey", "cipher" or "mac"; names with commas, or a list. */
static int l_offer(lua_State *L)
{
    static const char *const words[] = {
#define X(id, word) word,
        KEX_LISTS(X)
#undef X
            NULL};
    struct crafted *self = check_crafted(L, 1);
    enum kex_list list = (enum kex_list)luaL_checkoption(L, 2, NULL, words);
    lua_settop(L, 3);
    if (lua_istable(L, 3))
        join_names(L);
    lua_pushboolean(L, session_crafted_offer(self, list, luaL_checkstring(L, 3)));
    return 1;
}

/* ident_line(conn, line): the identification string, with its end. */
static int l_ident_line(lua_State *L)
{
    size_t length = 0;
    struct crafted *self = check_crafted(L, 1);
    const char *line = luaL_checklstring(L, 2, &length);
    luaL_argcheck(L, length >= 5 && length <= 255 && line[length - 1] == '\n', 2,
                  "expected 5 to 255 characters, LF at the end");
    if (!session_crafted_ident(self, line))
        return luaL_error(L, "the identification string was sent already");
    return 0;
}

/* ---- host keys ---- */

static EVP_PKEY *key_named(const struct crafted *self, lua_State *L, int index)
{
    static const char *const types[] = {
#define X(id, type, field, word, algorithms) type,
        HOST_KEYS(X)
#undef X
            NULL};
    return self->keys->hosts[luaL_checkoption(L, index, types[0], types)].evp;
}

static int push_bytes(lua_State *L, struct buffer *bytes, bool good)
{
    luaL_Buffer copy;
    size_t length = buffer_length(bytes);
    char *place = luaL_buffinitsize(L, &copy, length); /* may throw: then `bytes` is lost once */
    if (length > 0)
        memcpy(place, buffer_front(bytes), length);
    buffer_fini(bytes);
    if (!good)
        return luaL_error(L, "libcrypto failed");
    luaL_pushresultsize(&copy, length);
    return 1;
}

/* hostkey(conn [, type]): the public key as it goes over the wire. */
static int l_hostkey(lua_State *L)
{
    struct buffer blob = {0};
    EVP_PKEY *key = key_named(check_crafted(L, 1), L, 2);
    return push_bytes(L, &blob, sign_public_blob(key, &blob));
}

/* sign(conn, data [, algorithm]): the host key's signature, as it goes over the wire. */
static int l_sign(lua_State *L)
{
    size_t length = 0;
    struct buffer signature = {0};
    struct crafted *self = check_crafted(L, 1);
    const char *data = luaL_checklstring(L, 2, &length);
    const char *algorithm = luaL_optstring(L, 3, "ssh-ed25519");
    enum host_key which = hostkey_for_algorithm(algorithm);
    luaL_argcheck(L, which < HOST_KEY_COUNT, 3, "expected one of " SIGN_ALGORITHMS);
    return push_bytes(L, &signature,
                      sign_make(self->keys->hosts[which].evp, algorithm, (const uint8_t *)data,
                                length, &signature));
}

/* session_id(conn): of the first key exchange (RFC 4253 7.2); nil before. */
static int l_session_id(lua_State *L)
{
    const struct crafted *self = check_crafted(L, 1);
    if (self->has_session_id)
        lua_pushlstring(L, (const char *)self->session_id, sizeof self->session_id);
    else
        lua_pushnil(L);
    return 1;
}

/* is_crafted(conn): does the scenario say engine = "crafted"? */
static int l_is_crafted(lua_State *L)
{
    lua_pushboolean(L, script_check_conn(L, 1)->service->scenario->engine == ENGINE_CRAFTED);
    return 1;
}

const luaL_Reg script_packet_functions[] = {
    {"packet", l_packet},
    {"expect", l_expect},
    {"expect_no_more", l_expect_no_more},
    {"intercept", l_intercept},
    {"rule", l_rule},
    {"alter_field", l_alter_field},
    {"offer", l_offer},
    {"ident_line", l_ident_line},
    {"hostkey", l_hostkey},
    {"sign", l_sign},
    {"session_id", l_session_id},
    {"is_crafted", l_is_crafted},
    {NULL, NULL},
};
