/* The listening socket of one slot of a scenario. */
#ifndef SERVER_LISTENER_H
#define SERVER_LISTENER_H

#include "base/err.h"

#include <ev.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <sys/socket.h>

struct service;

union address {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
};

struct listener {
    struct service *service; /* borrowed */
    int slot;
    int fd;        /* owned */
    int filler_fd; /* owned; our own connection that fills a backlog of 0, or -1 */
    union address address;
    ev_io readable;
    ev_timer resume;   /* after the descriptors ran out */
    ev_timer watch;    /* has a client been turned away from the full backlog? */
    ev_timer turnover; /* room for one client; or nobody came, and there is no more */
    uint32_t dropped;  /* SYNs, when that was last looked at */
};

/* Parses "127.0.0.1" or "::1" and sets the third octet of a 127.x.s.y address to the slot. */
enum err address_of_slot(const char *host, int slot, int port, union address *address,
                         struct err_text *error);
bool address_is_loopback(const union address *address);
int address_port(const union address *address);
/* "127.0.0.1" without the port. */
void address_print(const union address *address, char text[64]);

/* Binds (port 0: the kernel chooses) and begins to listen as the scenario says. */
enum err listener_open(struct listener *listener, struct service *service, int slot, int port,
                       struct err_text *error);
/* From now on connections are accepted. */
void listener_start(struct listener *listener);
void listener_close(struct listener *listener);

#endif
