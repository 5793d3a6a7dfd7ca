/* Durations as people write them on a command line: "500ms", "3s", "2m", "1.5s". */
#ifndef BASE_DURATION_H
#define BASE_DURATION_H

#include "base/err.h"

#include <stdint.h>

/* Parses a duration into milliseconds. A number without a unit is refused, because it would mean
 * seconds to one reader and milliseconds to another. At most 24 h, at least 1 ms. ERR_USAGE with
 * `what` (the option's name) in the sentence otherwise. */
enum err duration_parse_ms(const char *text, const char *what, int64_t *duration_ms,
                           struct err_text *error);

#endif
