/* Primitives on a connection and its session; the others are in script_wire.c, script_packet.c and
 * script_channel.c. Each finds its handle, checks its arguments, acts and returns facts. Only
 * `wait` yields. Before anything here throws, C holds nothing to free. */
#include "server/script_core.h"

#include "base/clock.h"
#include "server/conn.h"
#include "server/server.h"
#include "server/session_crafted.h"

#include <lauxlib.h>
#include <stdlib.h>
#include <string.h>

struct conn **script_core_push_conn(lua_State *L, struct conn *conn)
{
    struct conn **handle = lua_newuserdatauv(L, sizeof *handle, 1);
    *handle = conn;
    luaL_setmetatable(L, SCRIPT_CONN_META);
    return handle;
}

struct conn *script_check_conn(lua_State *L, int index)
{
    struct conn **handle = luaL_checkudata(L, index, SCRIPT_CONN_META);
    if (*handle == NULL || (*handle)->closed)
        luaL_error(L, "this connection is closed");
    return *handle;
}

static struct session *check_session(lua_State *L, int index)
{
    struct conn *conn = script_check_conn(L, index);
    if (conn->session == NULL)
        luaL_error(L, "there is no SSH session yet (phase %s): begin with conn:upto(...)",
                   phase_name(conn->phase));
    return conn->session;
}

int64_t script_check_seconds_ns(lua_State *L, int index)
{
    double seconds = luaL_checknumber(L, index);
    luaL_argcheck(L, seconds >= 0 && seconds < 1e6, index, "expected seconds, from 0 to a million");
    return clock_ns_from_seconds(seconds);
}

/* ---- waiting ---- */

/* wait(conn [, seconds]): until anything happens to the connection, or the time is over. The caller
 * looks at the facts again. */
static int l_wait(lua_State *L)
{
    struct script_run *run = script_running(L);
    (void)script_check_conn(L, 1);
    run->wait_until_ns =
        lua_isnoneornil(L, 2) ? INT64_MAX : clock_now_ns() + script_check_seconds_ns(L, 2);
    return lua_yield(L, 0);
}

/* left(conn): nil, or how the client left. A script that goes on regardless is ended in the end. */
static int l_left(lua_State *L)
{
    enum { TELLINGS = 64 };
    struct conn *conn = script_check_conn(L, 1);
    if (conn->wire.end == WIRE_OPEN && conn->wire.fd >= 0) {
        lua_pushnil(L);
        return 1;
    }
    if (++script_running(L)->times_told_left > TELLINGS) {
        script_running(L)->deserted = true;
        return luaL_error(L, "the client left, and the script goes on and on");
    }
    lua_pushstring(L, conn->wire.fd < 0 ? "reset" : conn->wire.end == WIRE_RST ? "rst" : "fin");
    return 1;
}

static int l_now(lua_State *L)
{
    lua_pushnumber(L, clock_seconds_from_ns(clock_now_ns()));
    return 1;
}

/* fact(conn, name): the properties of a connection; nil when there is none of this name. */
static int l_fact(lua_State *L)
{
    struct conn *conn = script_check_conn(L, 1);
    const char *name = luaL_checkstring(L, 2);
    if (strcmp(name, "deadline") == 0)
        lua_pushnumber(L, (double)conn->server->options.deadline_ms / 1000.);
    else if (strcmp(name, "nth") == 0)
        lua_pushinteger(L, conn->nth);
    else if (strcmp(name, "slot") == 0)
        lua_pushinteger(L, conn->slot);
    else if (strcmp(name, "phase") == 0)
        lua_pushstring(L, phase_name(conn->phase));
    else if (strcmp(name, "elapsed") == 0)
        lua_pushnumber(L, clock_seconds_from_ns(clock_now_ns() - conn->t0_ns));
    else if (strcmp(name, "bytes_in") == 0)
        lua_pushinteger(L, (lua_Integer)conn->wire.bytes_in);
    else if (strcmp(name, "bytes_out") == 0)
        lua_pushinteger(L, (lua_Integer)conn->wire.bytes_out);
    else
        lua_pushnil(L);
    return 1;
}

static enum phase check_phase(lua_State *L, int index)
{
    enum phase phase = PHASE_DNS;
    const char *word = luaL_checkstring(L, index);
    if (!phase_from_name(word, &phase))
        luaL_error(L, "expected a phase of `fakesshd list --phases`, found '%s'", word);
    return phase;
}

static int l_reached(lua_State *L)
{
    struct conn *conn = script_check_conn(L, 1);
    enum phase phase = check_phase(L, 2);
    lua_pushboolean(L, conn->reached >= phase || conn->phase == phase);
    return 1;
}

static int l_fault(lua_State *L)
{
    conn_fault(script_check_conn(L, 1), luaL_checkstring(L, 2));
    return 0;
}

static int l_log(lua_State *L)
{
    struct conn *conn = script_check_conn(L, 1);
    event_log_write(&conn->server->log, EVENT_LOG, "{s:i, s:i, s:o}", "conn", (int)conn->number,
                    "slot", conn->slot, "text", event_log_text(luaL_checkstring(L, 2)));
    return 0;
}

/* wake(conn): another connection's coroutine looks at the facts again. */
static int l_wake(lua_State *L)
{
    struct conn **handle = luaL_checkudata(L, 1, SCRIPT_CONN_META);
    if (*handle != NULL && !(*handle)->closed)
        turn_add(&(*handle)->server->turn, TURN_WAKE, *handle);
    return 0;
}

/* service(conn): a number that is the same for all connections of one scenario. */
static int l_service(lua_State *L)
{
    struct conn *conn = script_check_conn(L, 1);
    lua_pushinteger(L, conn->service - conn->server->services);
    return 1;
}

/* ---- the protocol ---- */

/* software(conn, text): what the identification string says after "SSH-2.0-". */
static int l_software(lua_State *L)
{
    size_t length = 0;
    struct conn *conn = script_check_conn(L, 1);
    const char *text = luaL_checklstring(L, 2, &length);
    luaL_argcheck(L, length >= 1 && length <= 245, 2, "expected 1 to 245 characters");
    struct crafted *crafted = session_crafted(conn->session);
    if (conn->session != NULL && (crafted == NULL || !session_crafted_software(crafted, text)))
        return luaL_error(L, "the identification string was sent already");
    free(conn->software);
    conn->software = strdup(text);
    return 0;
}

static int l_be_honest(lua_State *L)
{
    struct conn *conn = script_check_conn(L, 1);
    struct err_text error;
    if (conn_be_honest(conn, check_phase(L, 2), &error) != ERR_NONE)
        return luaL_error(L, "%s", error.text);
    return 0;
}

/* memory(conn): a table that lives as long as the handle, for the prelude. */
static int l_memory(lua_State *L)
{
    (void)script_check_conn(L, 1);
    if (lua_getiuservalue(L, 1, 1) == LUA_TTABLE)
        return 1;
    lua_newtable(L);
    lua_pushvalue(L, -1);
    (void)lua_setiuservalue(L, 1, 1);
    return 1;
}

static int l_has_session(lua_State *L)
{
    lua_pushboolean(L, script_check_conn(L, 1)->session != NULL);
    return 1;
}

/* ended(conn): nil, or why the SSH session is over. */
static int l_ended(lua_State *L)
{
    struct conn *conn = script_check_conn(L, 1);
    if (conn->session == NULL || !conn->session->ended)
        lua_pushnil(L);
    else
        lua_pushstring(L, conn->session->ended_why != NULL ? conn->session->ended_why : "");
    return 1;
}

void script_push_request(lua_State *L, const struct session_request *request)
{
    lua_createtable(L, 0, 3);
    lua_pushstring(L, request->type);
    lua_setfield(L, -2, "type");
    if (request->detail != NULL) {
        lua_pushstring(L, request->detail);
        lua_setfield(L, -2, request->kind == REQUEST_AUTH ? "user" : "command");
    }
    lua_pushboolean(L, request->right);
    lua_setfield(L, -2, "right");
}

static const char *const request_words[] = {
#define X(id, word) word,
    SESSION_REQUESTS(X)
#undef X
        NULL};

/* request(conn, kind): the oldest unanswered one as a table, or nil. */
static int l_request(lua_State *L)
{
    struct session *session = check_session(L, 1);
    int kind = luaL_checkoption(L, 2, NULL, request_words);
    struct session_request *request = session_oldest(session, (enum session_request_kind)kind);
    if (request == NULL)
        lua_pushnil(L);
    else
        script_push_request(L, request);
    return 1;
}

int script_answer(lua_State *L, struct conn *conn, struct session_request *request, bool accept)
{
    if (request == NULL)
        return luaL_error(L, "there is no request to answer");
    lua_pushboolean(L, session_answer(conn->session, request, accept));
    conn_flush(conn);
    return 1;
}

/* answer(conn, kind, accept) */
static int l_answer(lua_State *L)
{
    struct session *session = check_session(L, 1);
    int kind = luaL_checkoption(L, 2, NULL, request_words);
    bool accept = lua_toboolean(L, 3);
    return script_answer(L, script_check_conn(L, 1),
                         session_oldest(session, (enum session_request_kind)kind), accept);
}

/* forget(conn, kind): the oldest one is never answered. */
static int l_forget(lua_State *L)
{
    struct session *session = check_session(L, 1);
    int kind = luaL_checkoption(L, 2, NULL, request_words);
    struct session_request *request = session_oldest(session, (enum session_request_kind)kind);
    if (request != NULL)
        session_forget(session, request);
    return 0;
}

static bool say(struct session *session, const char *word, const char *text, uint32_t code)
{
    const struct session_ops *ops = session->ops;
    if (strcmp(word, "disconnect") == 0)
        return ops->disconnect(session, code, text);
    if (strcmp(word, "rekey") == 0)
        return ops->rekey(session);
    if (strcmp(word, "keepalive") == 0)
        return ops->keepalive(session);
    if (strcmp(word, "banner") == 0)
        return ops->banner(session, text);
    return strcmp(word, "debug") == 0 ? ops->debug(session, text) : ops->ignore(session, text);
}

/* say(conn, what [, text [, code]]): the messages that need no answer. */
static int l_say(lua_State *L)
{
    enum { BY_APPLICATION = 11 /* RFC 4253 11.1 */ };
    static const char *const words[] = {"ignore",    "debug",      "banner", "rekey",
                                        "keepalive", "disconnect", NULL};
    struct session *session = check_session(L, 1);
    const char *word = words[luaL_checkoption(L, 2, NULL, words)];
    const char *text = luaL_optstring(L, 3, "");
    lua_Integer code = luaL_optinteger(L, 4, BY_APPLICATION);
    luaL_argcheck(L, code >= 0 && code <= UINT32_MAX, 4, "expected a number of 32 bits");
    struct conn *conn = script_check_conn(L, 1);
    bool done = !session->ended && say(session, word, text, (uint32_t)code);
    if (done && strcmp(word, "rekey") == 0)
        (void)conn_enter(conn, PHASE_REKEY);
    if (done && strcmp(word, "keepalive") == 0)
        (void)conn_enter(conn, PHASE_KEEPALIVE);
    conn_flush(conn);
    lua_pushboolean(L, done);
    return 1;
}

void script_core_push(lua_State *L)
{
    static const luaL_Reg functions[] = {
        {"wait", l_wait},
        {"left", l_left},
        {"now", l_now},
        {"fact", l_fact},
        {"reached", l_reached},
        {"fault", l_fault},
        {"log", l_log},
        {"wake", l_wake},
        {"service", l_service},
        {"software", l_software},
        {"be_honest", l_be_honest},
        {"memory", l_memory},
        {"has_session", l_has_session},
        {"ended", l_ended},
        {"request", l_request},
        {"answer", l_answer},
        {"forget", l_forget},
        {"say", l_say},
        {NULL, NULL},
    };
    luaL_newlib(L, functions);
    luaL_setfuncs(L, script_wire_functions, 0);
    luaL_setfuncs(L, script_channel_functions, 0);
    luaL_setfuncs(L, script_packet_functions, 0);
}
