/* The cells of a matrix that have been judged, on disk: a header and a JSON object a line, each
 * written the moment its verdict is there, so that a run that is killed goes on where it was.
 *
 *     {"schema":1,"cells":{what was asked: options, clients with versions, ids}}
 *     {"id":...,"client":...,"verdict":...}   as in results; of two for a cell the later counts
 *     {"session":{...}}                       what a run says of itself that came to its end
 *
 * A last line without its end was being written when the run was killed, and is cut off. */
#ifndef JUDGE_CELLS_H
#define JUDGE_CELLS_H

#include "base/err.h"
#include "judge/result.h"

#include <jansson.h>
#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

enum { CELLS_SCHEMA = 1 };

struct cells {
    char path[PATH_MAX];
    int fd;           /* owned; locked as long as it is open */
    json_t *by_name;  /* owned; "client id": the cell */
    json_t *sessions; /* owned; a list, in their order */
};

/* Opens the file, or makes it. `asked` is what this run wants; a file that was begun with something
 * else is ERR_USAGE with a sentence that says what differs, unless `fresh`, which empties it. So
 * is a file that another run writes to now. A line that is none is ERR_USAGE with its number. */
enum err cells_open(struct cells *cells, const char *path, const json_t *asked, bool fresh,
                    struct err_text *error);

/* The cell as it was judged; NULL when it was not. Borrowed. */
const json_t *cells_find(const struct cells *cells, const char *client, const char *id);

/* Forgets a cell, which is to be judged again; its line stays until a later one counts. */
void cells_forget(struct cells *cells, const char *client, const char *id);

/* Appends a cell. It is in the file when this returns. The reference is taken over. */
enum err cells_add(struct cells *cells, json_t *cell, struct err_text *error);

/* The same for what a run says of itself at its end. */
enum err cells_add_session(struct cells *cells, json_t *session, struct err_text *error);

void cells_close(struct cells *cells);

/* Of two headers, the first thing that differs, in words: "deadline_ms was 1000, is 500". False
 * when nothing does. Pure. */
bool cells_headers_differ(const json_t *was, const json_t *is, char *what, size_t size);

/* What the summary and the exit code need to know of a cell, out of its JSON; the rest is 0. False
 * when it is no cell. The result is the caller's: case_result_fini(). */
bool cells_read_case(const json_t *cell, struct case_result *result);

#endif
