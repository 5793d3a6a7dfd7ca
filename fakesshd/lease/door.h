/* Where a control is reached: a socket in the file system, or a port of the loopback interface. */
#ifndef LEASE_DOOR_H
#define LEASE_DOOR_H

#include "base/err.h"

#include <jansson.h>
#include <stdbool.h>

struct door {
    bool is_unix;
    char path[108]; /* of a socket in the file system; it is removed at the end */
    char host[64];
    int port;
    int fd; /* owned until it is handed on; -1: none */
};

/* Is the word of --control one of these: "unix:PATH", "127.0.0.1:0", "[::1]:8022"? ERR_USAGE with a
 * sentence otherwise. An address must be loopback's: who holds leases can read scenario files and
 * start processes. */
enum err door_parse(const char *word, struct door *door, struct err_text *error);

/* Begins to listen. A socket's file that nobody serves any more is taken over; its mode is 0600. */
enum err door_open(struct door *door, struct err_text *error);

/* The line for stdout that says where; a new reference. */
json_t *door_json(const struct door *door);

/* May a request with these headers come in? Not one that a browser makes for a page of somebody
 * else, whatever name that page gave our address. */
bool door_lets_in(const struct door *door, const char *host_header, const char *origin_header);

void door_close(struct door *door);

#endif
