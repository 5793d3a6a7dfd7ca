/* A queue of bytes: appended at the end, taken from the front, freed when empty. */
#ifndef SERVER_BUFFER_H
#define SERVER_BUFFER_H

#include <stdbool.h>
#include <stddef.h>

struct buffer {
    char *bytes; /* owned; NULL while empty, so that an idle connection pays nothing */
    size_t start, end, size;
};

/* Makes room for `length` more bytes and returns where they go; NULL when memory is short. The
 * bytes count once buffer_added is called. */
char *buffer_room(struct buffer *buffer, size_t length);
void buffer_added(struct buffer *buffer, size_t length);

bool buffer_add(struct buffer *buffer, const void *bytes, size_t length);
const char *buffer_front(const struct buffer *buffer);
size_t buffer_length(const struct buffer *buffer);
void buffer_take(struct buffer *buffer, size_t length);
void buffer_fini(struct buffer *buffer);

#endif
