/* What a driver answers that nobody asked: for tests that only want to see it begin and end. */
#ifndef TESTS_UNASKED_H
#define TESTS_UNASKED_H

#include <jansson.h>

/* Members of struct driver_events; each fails the test. */
void unasked_result(void *owner, int id, const json_t *result);
void unasked_reply(void *owner, const char *op, int id, const json_t *reply);

#endif
