/* The comment at the top of a Lua file: of a scenario what goes wrong in the world, of a manifest
 * what is special about the client. */
#ifndef BASE_OPENING_COMMENT_H
#define BASE_OPENING_COMMENT_H

#include "base/err.h"

/* The file's first lines that begin with "--", without the dashes, joined by line feeds; "" when it
 * has none. Owned by the caller. ERR_SCENARIO when the file cannot be read. */
enum err opening_comment_read(const char *path, char **comment, struct err_text *error);

#endif
