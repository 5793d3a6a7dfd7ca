/* The primitives under the verbs: C functions that act at once and never wait, except one. The
 * verbs themselves are in prelude.lua, which gets these as its table `core`. */
#ifndef SERVER_SCRIPT_CORE_H
#define SERVER_SCRIPT_CORE_H

#include <lua.h>

struct conn;

/* Pushes the table of primitives. */
void script_core_push(lua_State *L);

/* Pushes a handle for the connection and returns the place to empty when it ends. The metatables
 * "conn" and "channel" must be in the registry. */
struct conn **script_core_push_conn(lua_State *L, struct conn *conn);

#define SCRIPT_CONN_META    "fakesshd.conn"
#define SCRIPT_CHANNEL_META "fakesshd.channel"

#endif
