/* Reads the description in a Lua file (a scenario, a client manifest) without running its
 * behaviour: the file's chunk runs under the sandbox and the table that it returns becomes JSON. */
#ifndef BASE_SCRIPT_FILE_H
#define BASE_SCRIPT_FILE_H

#include "base/err.h"

#include <jansson.h>

/* Runs `path` under the sandbox (no io, os, load; a budget of instructions and of memory) and gives
 * back its table as a JSON object, owned by the caller. Sequences become arrays, other tables
 * objects, functions the string "function". Numbers that are whole become integers.
 * `family` (ERR_SCENARIO, ERR_MANIFEST) is returned when the file does not load, does not return a
 * table, or returns something that a description cannot hold; the sentence begins `path:line:`. */
enum err script_file_read(const char *path, enum err family, json_t **table,
                          struct err_text *error);

/* The line on which `key` is first assigned in the file, for sentences about a field; 1 if unseen.
 */
int script_file_line_of(const char *path, const char *key);

#endif
