/* Whoever waits for tasks over HTTP: for one (POST /v1/exec), or for all of several (POST
 * /v1/batch). */
#ifndef SSHEXEC_GROUP_H
#define SSHEXEC_GROUP_H

#include "service/http.h"
#include "service/tickets.h"

#include <jansson.h>

struct group; /* tasks, and the request that their results answer */

/* Begins the task and answers when it is over, or at once when it can't be. */
void group_begin_one(struct tickets *tickets, struct http_request *request, json_t *object);

/* The same for an array: the answer is an object with the `results` in the array's order; a task
 * that can't be is a result, too. */
void group_begin_all(struct tickets *tickets, struct http_request *request, json_t *array);

/* Whoever asked has left: what is under way is cancelled. */
void group_leave(struct group *group);

#endif
