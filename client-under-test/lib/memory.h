/* Small allocations that a program can't go on without: they succeed or end it. What a peer or the
 * driver's input can make large is bounded by its reader, before it comes here. */
#ifndef SSHEXEC_MEMORY_H
#define SSHEXEC_MEMORY_H

#include <stddef.h>

void *memory_zeroed(size_t bytes);
void *memory_resize(void *old, size_t bytes);

/* NULL stays NULL. */
char *memory_text(const char *text);

#endif
