/* One sentence about what went wrong: what was expected, what was found, where. */
#ifndef SSHEXEC_ERR_H
#define SSHEXEC_ERR_H

#include <stdbool.h>

struct err_text {
    char text[512];
};

/* Writes the sentence and returns false, so that a failing function ends in one line:
 *     return err_set(error, "port: expected 1 to 65535; found '%s'", word);
 * Text that does not fit is cut. `error` may be NULL. */
bool err_set(struct err_text *error, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* As err_set, with ": " and strerror(errno) behind the sentence. */
bool err_set_errno(struct err_text *error, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
