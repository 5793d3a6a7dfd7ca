/* Small files read at once: keys, known_hosts, /etc/hosts. */
#ifndef SSHEXEC_FILE_H
#define SSHEXEC_FILE_H

#include "lib/err.h"

#include <stdbool.h>
#include <stddef.h>

/* Reads a regular file of at most `limit` bytes into *text (NUL at the end, owned by the caller).
 * A named pipe or a device is refused before it is read, so that none can hang us. */
bool file_read(const char *path, size_t limit, char **text, struct err_text *error);

#endif
