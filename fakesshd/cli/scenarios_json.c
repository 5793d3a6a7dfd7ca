#include "cli/scenarios_json.h"

#include "cli/expectation.h"

#include "base/script_file.h"

static json_t *scenario_json(const struct scenario *item)
{
    /* The file's own cites are an empty object where the Lua table was empty. */
    json_t *cites = json_is_array(item->cites) ? json_incref(item->cites) : json_array();
    json_t *variant = json_object_get(item->variant, "name");
    return json_pack("{s:s, s:s, s:s, s:s, s:o, s:o, s:s, s:I, s:s, s:I, s:f, s:O}", "id", item->id,
                     "file", script_file_display_name(item->file), "about", item->about, "rfc",
                     item->rfc, "cites", cites, "expect", expectation_json(item), "kind",
                     fault_kind_name(item->kind), "deadline_min_ms",
                     (json_int_t)item->deadline_min_ms, "engine",
                     item->engine == ENGINE_CRAFTED ? "crafted" : "libssh", "stdin_bytes",
                     (json_int_t)item->stdin_bytes, "cancel", item->cancel_share, "variant",
                     variant != NULL ? variant : json_null());
}

json_t *scenarios_json(const struct scenario *const *items, size_t count)
{
    json_t *array = json_array();
    for (size_t i = 0; i < count; i++)
        (void)json_array_append_new(array, scenario_json(items[i]));
    return array;
}
