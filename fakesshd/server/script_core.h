/* The primitives under the verbs: C functions that act at once and never wait, except one. The
 * verbs themselves are in prelude/, which gets these as its table `core`. */
#ifndef SERVER_SCRIPT_CORE_H
#define SERVER_SCRIPT_CORE_H

#include <lauxlib.h>
#include <lua.h>
#include <stdbool.h>
#include <stdint.h>

struct conn;

/* Pushes the table of primitives. */
void script_core_push(lua_State *L);

/* Pushes a handle for the connection and returns the place to empty when it ends. The metatables
 * "conn" and "channel" must be in the registry. */
struct conn **script_core_push_conn(lua_State *L, struct conn *conn);

/* ---- shared by the files of primitives ---- */

struct session_request;
struct buffer;

/* The connection of the handle at `index`; throws when there is none, or it is closed. */
struct conn *script_check_conn(lua_State *L, int index);
/* The seconds at `index`, in nanoseconds; throws where they are none. */
int64_t script_check_seconds_ns(lua_State *L, int index);
/* Pushes { type, command or user, right }. */
void script_push_request(lua_State *L, const struct session_request *request);
/* Takes up to `wanted` bytes out of the buffer and pushes them; how many they were. */
size_t script_push_bytes(lua_State *L, struct buffer *from, lua_Integer wanted);
/* Answers and flushes; pushes whether it was done. Throws when there is nothing to answer. */
int script_answer(lua_State *L, struct conn *conn, struct session_request *request, bool accept);

extern const luaL_Reg script_wire_functions[], script_channel_functions[],
    script_packet_functions[];

#define SCRIPT_CONN_META    "fakesshd.conn"
#define SCRIPT_CHANNEL_META "fakesshd.channel"

#endif
