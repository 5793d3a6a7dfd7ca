#include "unasked.h"

#include <check.h>

void unasked_result(void *owner, int id, const json_t *result)
{
    (void)owner, (void)id, (void)result;
    ck_abort_msg("nobody asked for a result");
}

void unasked_reply(void *owner, const char *op, int id, const json_t *reply)
{
    (void)owner, (void)op, (void)id, (void)reply;
    ck_abort_msg("nobody asked for a reply");
}
