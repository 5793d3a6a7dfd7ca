/* Reads the description in a Lua file (a scenario, a client manifest) without running its
 * behaviour: the file's chunk runs under the sandbox and the table that it returns becomes JSON. */
#ifndef BASE_SCRIPT_FILE_H
#define BASE_SCRIPT_FILE_H

#include "base/err.h"

#include <jansson.h>
#include <stddef.h>

/* Runs `path` under the sandbox (no io, os, load; a budget of instructions and of memory) and gives
 * back its table as a JSON object, owned by the caller. Sequences become arrays, other tables
 * objects, functions the string "function". Numbers that are whole become integers.
 * `family` (ERR_SCENARIO, ERR_MANIFEST) is returned when the file does not load, does not return a
 * table, or returns something that a description cannot hold; the sentence begins `path:line:`. */
enum err script_file_read(const char *path, enum err family, json_t **table,
                          struct err_text *error);

/* The file's text, owned by the caller; `family` when it cannot be read or is larger than 256 KiB.
 */
enum err script_file_text(const char *path, enum err family, char **text, size_t *length,
                          struct err_text *error);

/* The name that sentences use: the path inside the data folder, "scenarios/kex/x.lua"; else `path`.
 */
const char *script_file_display_name(const char *path);

/* The line on which `key` is first assigned in the file, for sentences about a field; 1 if unseen.
 */
int script_file_line_of(const char *path, const char *key);

#endif
