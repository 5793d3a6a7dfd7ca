/* What the readers of a manifest's fields share. */
#ifndef JUDGE_MANIFEST_FIELD_H
#define JUDGE_MANIFEST_FIELD_H

#include "judge/manifest.h"

#include <jansson.h>

/* ERR_MANIFEST with file and line of the field, or ERR_USAGE for a command line's. */
enum err manifest_field_error(const struct manifest *manifest, const char *field,
                              struct err_text *error, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* The field `outcomes`: exit statuses and patterns. */
enum err manifest_read_outcomes(struct manifest *manifest, const json_t *value,
                                struct err_text *error);

#endif
