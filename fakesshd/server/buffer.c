#include "server/buffer.h"

#include <stdlib.h>
#include <string.h>

size_t buffer_length(const struct buffer *buffer)
{
    return buffer->end - buffer->start;
}

const char *buffer_front(const struct buffer *buffer)
{
    return buffer->bytes + buffer->start;
}

char *buffer_room(struct buffer *buffer, size_t length)
{
    if (buffer->size - buffer->end >= length)
        return buffer->bytes + buffer->end;
    size_t used = buffer_length(buffer);
    if (used > 0 && buffer->start > 0)
        memmove(buffer->bytes, buffer->bytes + buffer->start, used);
    buffer->start = 0;
    buffer->end = used;
    if (buffer->size - used < length) {
        size_t size = used + length > 2 * buffer->size ? used + length : 2 * buffer->size;
        char *bytes = realloc(buffer->bytes, size);
        if (bytes == NULL)
            return NULL;
        buffer->bytes = bytes;
        buffer->size = size;
    }
    return buffer->bytes + buffer->end;
}

void buffer_added(struct buffer *buffer, size_t length)
{
    buffer->end += length;
}

bool buffer_add(struct buffer *buffer, const void *bytes, size_t length)
{
    if (length == 0)
        return true;
    char *room = buffer_room(buffer, length);
    if (room == NULL)
        return false;
    memcpy(room, bytes, length);
    buffer_added(buffer, length);
    return true;
}

void buffer_take(struct buffer *buffer, size_t length)
{
    buffer->start += length;
    if (buffer->start == buffer->end)
        buffer_fini(buffer);
}

void buffer_fini(struct buffer *buffer)
{
    free(buffer->bytes);
    memset(buffer, 0, sizeof *buffer);
}
