/* Primitives on a connection's bytes: what is sent and read as it is, the socket, the gates. */
#include "server/script_core.h"

#include "base/clock.h"
#include "server/conn.h"
#include "server/session_crafted.h"

#include <lauxlib.h>
#include <string.h>

/* ---- bytes ---- */

static int l_send(lua_State *L)
{
    size_t length = 0;
    struct conn *conn = script_check_conn(L, 1);
    const char *bytes = luaL_checklstring(L, 2, &length);
    lua_pushboolean(L, wire_send(&conn->wire, bytes, length));
    return 1;
}

static int l_unsent(lua_State *L)
{
    lua_pushinteger(L, (lua_Integer)wire_unsent(&script_check_conn(L, 1)->wire));
    return 1;
}

size_t script_push_bytes(lua_State *L, struct buffer *from, lua_Integer wanted)
{
    size_t there = buffer_length(from);
    size_t length = wanted < 0 ? 0 : (lua_Unsigned)wanted < there ? (size_t)wanted : there;
    lua_pushlstring(L, there > 0 ? buffer_front(from) : "", length);
    if (length > 0)
        buffer_take(from, length);
    return length;
}

/* The bytes that came, which the crafted session takes for itself once it is there. */
static struct buffer *check_input(lua_State *L, int index)
{
    struct conn *conn = script_check_conn(L, index);
    if (session_crafted(conn->session) != NULL)
        luaL_error(L, "the client's bytes are the SSH session's now: conn:expect(...) finds "
                      "messages");
    return &conn->wire.input;
}

/* take(conn, n): up to n bytes of what the client sent, "" when nothing is there. */
static int l_take(lua_State *L)
{
    struct buffer *input = check_input(L, 1);
    if (script_push_bytes(L, input, luaL_checkinteger(L, 2)) > 0)
        wire_move(&script_check_conn(L, 1)->wire);
    return 1;
}

/* line(conn): how many bytes the first line has with its LF, nil when there is no whole line. */
static int l_line(lua_State *L)
{
    const struct buffer *input = check_input(L, 1);
    size_t there = buffer_length(input);
    const char *front = there > 0 ? buffer_front(input) : NULL;
    const char *end = front != NULL ? memchr(front, '\n', there) : NULL;
    if (end == NULL)
        lua_pushnil(L);
    else
        lua_pushinteger(L, end - front + 1);
    return 1;
}

/* ---- the socket and the gates ---- */

static int l_finish(lua_State *L)
{
    struct conn *conn = script_check_conn(L, 1);
    conn_flush(conn);
    wire_finish(&conn->wire);
    return 0;
}

static int l_half_close(lua_State *L)
{
    struct conn *conn = script_check_conn(L, 1);
    conn_flush(conn);
    wire_half_close(&conn->wire);
    return 0;
}

static int l_reset(lua_State *L)
{
    struct conn *conn = script_check_conn(L, 1);
    conn_flush(conn);
    wire_reset(&conn->wire);
    return 0;
}

static int l_stop_reading(lua_State *L)
{
    wire_stop_reading(&script_check_conn(L, 1)->wire);
    return 0;
}

static int l_resume_reading(lua_State *L)
{
    wire_resume_reading(&script_check_conn(L, 1)->wire);
    return 0;
}

static enum packet_message check_message(lua_State *L, int index)
{
    const char *name = luaL_checkstring(L, index);
    enum packet_message message = packet_message_from_name(name);
    if (message == PACKET_NONE)
        luaL_error(L,
                   "expected a message that goes in the clear (IDENT, KEXINIT, KEX_REPLY, "
                   "NEWKEYS, IGNORE, DEBUG, DISCONNECT), found '%s'; others with engine = "
                   "\"crafted\"",
                   name);
    return message;
}

/* hold(conn, "before" or "after", message): of a libssh session, whose messages the wire knows. */
static int l_hold(lua_State *L)
{
    static const char *const words[] = {"before", "after", NULL};
    struct wire *wire = &script_check_conn(L, 1)->wire;
    bool is_after = luaL_checkoption(L, 2, NULL, words) == 1;
    *(is_after ? &wire->hold_after : &wire->hold_before) = check_message(L, 3);
    return 0;
}

/* The gate that argument `index` names: "out" (towards the client, the usual one) or "in". */
static struct gate *check_gate(lua_State *L, int index)
{
    static const char *const names[] = {"out", "in", NULL};
    struct conn *conn = script_check_conn(L, 1);
    return luaL_checkoption(L, index, "out", names) == 0 ? &conn->wire.out : &conn->wire.in;
}

static int l_cut(lua_State *L)
{
    lua_Integer bytes = luaL_checkinteger(L, 2);
    struct gate *gate = check_gate(L, 3);
    luaL_argcheck(L, bytes >= 0, 2, "expected a number of bytes");
    gate_cut(gate, (uint64_t)bytes);
    wire_move(&script_check_conn(L, 1)->wire);
    return 0;
}

static int l_drip(lua_State *L)
{
    lua_Integer bytes = luaL_checkinteger(L, 2);
    int64_t every_ns = script_check_seconds_ns(L, 3);
    struct gate *gate = check_gate(L, 4);
    luaL_argcheck(L, bytes >= 1 && bytes < INT32_MAX, 2, "expected 1 byte or more");
    gate_drip(gate, (uint32_t)bytes, every_ns, clock_now_ns());
    wire_move(&script_check_conn(L, 1)->wire);
    return 0;
}

static int l_flip(lua_State *L)
{
    lua_Integer nth = luaL_checkinteger(L, 2);
    struct gate *gate = check_gate(L, 3);
    luaL_argcheck(L, nth >= 1, 2, "expected which byte from now, 1 or more");
    gate_flip(gate, (uint64_t)nth);
    return 0;
}

static int l_open_gates(lua_State *L)
{
    conn_open_gates(script_check_conn(L, 1));
    return 0;
}

static int l_held(lua_State *L)
{
    lua_pushboolean(L, gate_is_held(&script_check_conn(L, 1)->wire.out));
    return 1;
}

const luaL_Reg script_wire_functions[] = {
    {"send", l_send},
    {"unsent", l_unsent},
    {"take", l_take},
    {"line", l_line},
    {"finish", l_finish},
    {"half_close", l_half_close},
    {"reset", l_reset},
    {"stop_reading", l_stop_reading},
    {"resume_reading", l_resume_reading},
    {"hold", l_hold},
    {"cut", l_cut},
    {"drip", l_drip},
    {"flip", l_flip},
    {"open_gates", l_open_gates},
    {"held", l_held},
    {NULL, NULL},
};
