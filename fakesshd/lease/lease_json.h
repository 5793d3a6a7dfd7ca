/* What is told of leases, as JSON. All return new references. */
#ifndef LEASE_LEASE_JSON_H
#define LEASE_LEASE_JSON_H

#include "lease/lease.h"

#include <jansson.h>

enum lease_detail { LEASE_SHORT, LEASE_WHOLE };

/* LEASE_WHOLE brings the timeline along. */
json_t *lease_json(const struct lease *lease, enum lease_detail detail, int64_t now_ns);

/* All that are alive, LEASE_SHORT. */
json_t *lease_table_json(const struct lease_table *table, int64_t now_ns);

/* {"error":sentence}; bytes that JSON cannot hold are shown as '?'. */
json_t *lease_error_json(const char *sentence);

#endif
