#include "lease/lease_json.h"

#include "base/clock.h"

#include <stdlib.h>
#include <string.h>

/* What a server's last words are made of is not ours to say. */
static json_t *text_json(const char *text)
{
    json_t *value = json_string(text);
    char *copy = value == NULL ? strdup(text) : NULL;
    for (char *at = copy; at != NULL && *at != '\0'; at++) {
        if ((unsigned char)*at >= 0x80)
            *at = '?';
    }
    if (copy != NULL)
        value = json_string(copy);
    free(copy);
    return value != NULL ? value : json_string("(memory is short)");
}

json_t *lease_error_json(const char *sentence)
{
    return json_pack("{s:o}", "error", text_json(sentence));
}

static json_t *expires_json(const struct lease *lease, int64_t now_ns)
{
    if (lease->state != LEASE_READY)
        return json_null();
    int64_t left_ms = (lease->due_ns - now_ns) / CLOCK_NS_PER_MS;
    return json_integer(left_ms > 0 ? left_ms : 0);
}

json_t *lease_json(const struct lease *lease, enum lease_detail detail, int64_t now_ns)
{
    json_t *object =
        json_pack("{s:i, s:s, s:s, s:o, s:s?, s:I, s:I, s:I, s:o}", "schema", 1, "lease", lease->id,
                  "state", lease_state_name(lease->state), "id", text_json(lease->scenario),
                  "label", lease->label[0] != '\0' ? lease->label : NULL, "deadline_ms",
                  (json_int_t)lease->deadline_ms, "ttl_ms", (json_int_t)lease->ttl_ms, "seed",
                  (json_int_t)lease->seed, "expires_in_ms", expires_json(lease, now_ns));
    if (lease->address != NULL)
        (void)json_object_update(object, lease->address);
    if (lease->why[0] != '\0')
        (void)json_object_set_new(object, "why", text_json(lease->why));
    if (lease_is_over(lease))
        (void)json_object_set_new(object, "killed", json_boolean(lease->killed));
    (void)json_object_set_new(object, "witness", lease_witness_json(&lease->witness));
    if (detail == LEASE_SHORT)
        return object;
    (void)json_object_set(object, "timeline", lease->witness.timeline);
    (void)json_object_set_new(object, "timeline_dropped",
                              json_integer(lease->witness.timeline_dropped));
    return object;
}

json_t *lease_table_json(const struct lease_table *table, int64_t now_ns)
{
    json_t *array = json_array();
    for (const struct lease *lease = table->first; lease != NULL; lease = lease->next) {
        if (!lease_is_over(lease))
            (void)json_array_append_new(array, lease_json(lease, LEASE_SHORT, now_ns));
    }
    return json_pack("{s:i, s:o}", "schema", 1, "leases", array);
}
