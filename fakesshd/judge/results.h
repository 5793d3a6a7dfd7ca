/* Results as they stand in a file (fakesshd-results(5)), for everything that is made from them:
 * checked once when they are read, and then asked without fear. */
#ifndef JUDGE_RESULTS_H
#define JUDGE_RESULTS_H

#include "base/err.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

/* identifier, word, word for several, sentence; what a reader makes of a cell of the matrix */
#define CELL_CLASSES(X)                                                                         \
    X(CELL_OK, "ok", "ok", "kept its deadline and left nothing behind")                         \
    X(CELL_KNOWN_GAP, "known gap", "known gaps", "fails, as the expectation file says")         \
    X(CELL_UNEXPECTED, "unexpected", "unexpected",                                              \
      "fails, or passes where the expectation file says that it fails")                         \
    X(CELL_FLAKY, "flaky", "flaky", "not the same verdict each time")                           \
    X(CELL_INCONCLUSIVE, "inconclusive", "inconclusive", "could not be decided")                \
    X(CELL_ERROR, "error", "errors", "could not be judged: the harness' or a scenario's fault") \
    X(CELL_SKIPPED, "skipped", "skipped", "was not asked of this client")                       \
    X(CELL_MISSING, "missing", "missing", "is not in the results: nothing is known")

enum cell_class {
#define X(id, word, plural, sentence) id,
    CELL_CLASSES(X)
#undef X
};

#define X(id, word, plural, sentence) +1
enum { CELL_CLASS_COUNT = 0 CELL_CLASSES(X) };
#undef X

/* Static memory. */
const char *cell_class_word(enum cell_class class);
const char *cell_class_plural(enum cell_class class);
const char *cell_class_sentence(enum cell_class class);

/* Reads a results file; "-" is standard input. A new reference. ERR_INPUT with the file's name when
 * it is no JSON or not of this shape, ERR_SYSTEM when it cannot be read. */
enum err results_read(const char *path, json_t **results, struct err_text *error);

/* Has this object the shape of results? `name` is what the sentence calls it. */
enum err results_check(const json_t *results, const char *name, struct err_text *error);

/* The text at a key; "" when there is none. Borrowed. */
const char *results_text(const json_t *object, const char *key);

/* "HUNG+LEAK_FD", "FLAKY(9/10)", as `run` prints it. */
enum { RESULTS_VERDICT_MAX = 200 };
void results_verdict_print(const json_t *item, char text[RESULTS_VERDICT_MAX]);

/* What is made of a case; never CELL_MISSING. */
enum cell_class results_class(const json_t *item);

/* The ids and clients that the results know of, judged or not: two new arrays of strings. */
void results_axes(const json_t *results, json_t **ids, json_t **clients);

/* How many cells are what, of one client or (NULL) of all; those that are missing in the matrix of
 * all ids and clients too. */
struct results_counts {
    int of[CELL_CLASS_COUNT], all;
};
struct results_counts results_count(const json_t *results, const char *client);

/* "6 ok, 1 known gap, 2 unexpected"; "nothing was judged" when there is nothing. */
enum { RESULTS_COUNTS_MAX = 240 };
void results_counts_print(const struct results_counts *counts, char text[RESULTS_COUNTS_MAX]);

#endif
