/* The primitives under the verbs: C functions that act at once and never wait, except one. The
 * verbs themselves are in prelude.lua, which gets these as its table `core`. */
#ifndef SERVER_SCRIPT_CORE_H
#define SERVER_SCRIPT_CORE_H

#include <lauxlib.h>
#include <lua.h>
#include <stdbool.h>

struct conn;

/* Pushes the table of primitives. */
void script_core_push(lua_State *L);

/* Pushes a handle for the connection and returns the place to empty when it ends. The metatables
 * "conn" and "channel" must be in the registry. */
struct conn **script_core_push_conn(lua_State *L, struct conn *conn);

/* ---- shared with script_channel.c ---- */

struct session_request;

/* The connection of the handle at `index`; throws when there is none, or it is closed. */
struct conn *script_check_conn(lua_State *L, int index);
/* Pushes { type, command or user, right }. */
void script_push_request(lua_State *L, const struct session_request *request);
/* Answers and flushes; pushes whether it was done. Throws when there is nothing to answer. */
int script_answer(lua_State *L, struct conn *conn, struct session_request *request, bool accept);

extern const luaL_Reg script_channel_functions[];

#define SCRIPT_CONN_META    "fakesshd.conn"
#define SCRIPT_CHANNEL_META "fakesshd.channel"

#endif
