/* Primitives on a channel: what a script can say on it, and the facts about it. */
#include "server/script_core.h"

#include "server/conn.h"
#include "server/honest.h"
#include "server/session_crafted.h"

#include <lauxlib.h>
#include <stdlib.h>
#include <string.h>

struct channel_handle {
    unsigned number;
}; /* user value 1: the connection's handle */

static struct session_channel *check_channel(lua_State *L, int index, struct conn **conn)
{
    struct channel_handle *handle = luaL_checkudata(L, index, SCRIPT_CHANNEL_META);
    (void)lua_getiuservalue(L, index, 1);
    *conn = script_check_conn(L, lua_gettop(L));
    lua_pop(L, 1);
    struct session_channel *channel = session_channel_find((*conn)->session, handle->number);
    if (channel == NULL)
        luaL_error(L, "this channel is gone");
    return channel;
}

/* channel(conn): the handle of the newest channel, or nil. */
static int l_channel(lua_State *L)
{
    struct conn *conn = script_check_conn(L, 1);
    if (conn->session == NULL || conn->session->channels == NULL) {
        lua_pushnil(L);
        return 1;
    }
    struct channel_handle *handle = lua_newuserdatauv(L, sizeof *handle, 1);
    handle->number = conn->session->channels->number;
    lua_pushvalue(L, 1);
    (void)lua_setiuservalue(L, -2, 1);
    luaL_setmetatable(L, SCRIPT_CHANNEL_META);
    return 1;
}

static int l_channel_conn(lua_State *L)
{
    (void)luaL_checkudata(L, 1, SCRIPT_CHANNEL_META);
    (void)lua_getiuservalue(L, 1, 1);
    return 1;
}

/* channel_fact(channel, name): its properties. */
static int l_channel_fact(lua_State *L)
{
    struct conn *conn = NULL;
    struct session_channel *channel = check_channel(L, 1, &conn);
    const char *name = luaL_checkstring(L, 2);
    if (strcmp(name, "command") == 0) {
        lua_pushstring(L, channel->command);
    } else if (strcmp(name, "subsystem") == 0) {
        lua_pushstring(L, channel->subsystem);
    } else if (strcmp(name, "answer") == 0) {
        char *output = honest_output(channel->command);
        lua_pushstring(L, output); /* throws only when memory is short, and then for good */
        free(output);
    } else if (strcmp(name, "number") == 0) {
        lua_pushinteger(L, channel->number);
    } else if (strcmp(name, "peer") == 0 && session_crafted(conn->session) != NULL) {
        lua_pushinteger(L, crafted_channel_of(channel)->peer_number);
    } else if (strcmp(name, "stdin_bytes") == 0) {
        lua_pushinteger(L, (lua_Integer)channel->stdin_bytes);
    } else if (strcmp(name, "stdin_eof") == 0) {
        lua_pushboolean(L, channel->stdin_eof);
    } else if (strcmp(name, "client_closed") == 0) {
        lua_pushboolean(L, channel->client_closed);
    } else {
        lua_pushnil(L);
    }
    return 1;
}

static int l_channel_request(lua_State *L)
{
    struct conn *conn = NULL;
    struct session_request *request = session_oldest_of(check_channel(L, 1, &conn));
    if (request == NULL)
        lua_pushnil(L);
    else
        script_push_request(L, request);
    return 1;
}

static int l_channel_answer(lua_State *L)
{
    struct conn *conn = NULL;
    struct session_channel *channel = check_channel(L, 1, &conn);
    return script_answer(L, conn, session_oldest_of(channel), lua_toboolean(L, 2));
}

/* channel_write(channel, bytes, from, is_stderr): how many bytes from the from-th on were taken;
 * nil when the channel cannot be written to any more. */
static int l_channel_write(lua_State *L)
{
    struct conn *conn = NULL;
    size_t length = 0;
    struct session_channel *channel = check_channel(L, 1, &conn);
    const char *bytes = luaL_checklstring(L, 2, &length);
    lua_Integer from = luaL_checkinteger(L, 3);
    bool is_stderr = lua_toboolean(L, 4);
    luaL_argcheck(L, from >= 1 && (lua_Unsigned)from <= length + 1, 3, "out of range");
    bytes += from - 1;
    length -= (size_t)(from - 1);
    long taken = 0;
    if (wire_unsent(&conn->wire) < WIRE_OUTPUT_FULL_BYTES)
        taken = session_write(channel, bytes, length, is_stderr);
    conn_flush(conn);
    if (taken < 0)
        lua_pushnil(L);
    else
        lua_pushinteger(L, taken);
    return 1;
}

/* channel_say(channel, what [, value]) */
static int l_channel_say(lua_State *L)
{
    static const char *const words[] = {"eof", "close", "exit_status", "exit_signal", NULL};
    struct conn *conn = NULL;
    struct session_channel *channel = check_channel(L, 1, &conn);
    bool done = false;
    switch (luaL_checkoption(L, 2, NULL, words)) {
    case 0:
        done = session_eof(channel);
        break;
    case 1:
        done = session_close(channel);
        break;
    case 2:
        done = session_exit_status(channel, (int)luaL_checkinteger(L, 3));
        break;
    default:
        done = session_exit_signal(channel, luaL_checkstring(L, 3));
        break;
    }
    conn_flush(conn);
    lua_pushboolean(L, done);
    return 1;
}

/* channel_take(channel, n): up to n bytes of the standard input that came, "" when there are none.
 */
static int l_channel_take(lua_State *L)
{
    struct conn *conn = NULL;
    struct session_channel *channel = check_channel(L, 1, &conn);
    (void)script_push_bytes(L, &channel->stdin_kept, luaL_checkinteger(L, 2));
    return 1;
}

/* channel_told(channel, bytes): what the client will have got out of the subsystem's packets. */
static int l_channel_told(lua_State *L)
{
    struct conn *conn = NULL;
    size_t length = 0;
    struct session_channel *channel = check_channel(L, 1, &conn);
    const char *bytes = luaL_checklstring(L, 2, &length);
    session_channel_told(channel, bytes, length);
    return 0;
}

/* channel_over(channel): the subsystem has said all; what comes next is the honest server's. */
static int l_channel_over(lua_State *L)
{
    struct conn *conn = NULL;
    check_channel(L, 1, &conn)->subsystem_over = true;
    return 0;
}

const luaL_Reg script_channel_functions[] = {
    {"channel", l_channel},
    {"channel_conn", l_channel_conn},
    {"channel_fact", l_channel_fact},
    {"channel_request", l_channel_request},
    {"channel_answer", l_channel_answer},
    {"channel_write", l_channel_write},
    {"channel_say", l_channel_say},
    {"channel_take", l_channel_take},
    {"channel_told", l_channel_told},
    {"channel_over", l_channel_over},
    {NULL, NULL},
};
