/* Errors of the tool and of what it is given. What the judged client does wrong is never one of
 * these: that is an observation, and it goes into events and verdicts.
 *
 * A function that can fail returns `enum err` (0 is good) and writes one sentence into the caller's
 * `struct err_text`: what was expected, what was found, where. */
#ifndef BASE_ERR_H
#define BASE_ERR_H

/* identifier, whose fault it is */
#define ERRS(X)                                     \
    X(ERR_NONE, "no error")                         \
    X(ERR_SYSTEM, "ours or the operating system's") \
    X(ERR_USAGE, "the command line's")              \
    X(ERR_SCENARIO, "a scenario's")                 \
    X(ERR_MANIFEST, "a client manifest's")          \
    X(ERR_EXPECT, "an expectation file's")          \
    X(ERR_INPUT, "the input data's")

enum err {
#define X(id, whose) id,
    ERRS(X)
#undef X
};

struct err_text {
    char text[1024];
};

/* Writes the sentence and returns `code`, so that a failing function ends in one line:
 *     return err_set(error, ERR_SCENARIO, "%s:%d: unknown field '%s'", ...);
 * `error` may be NULL: the sentence is then dropped. Text that does not fit is cut. */
enum err err_set(struct err_text *error, enum err code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* As err_set(ERR_SYSTEM), with ": " and strerror(errno) behind the sentence. */
enum err err_set_errno(struct err_text *error, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
