#include "cli/lines.h"

#include "lib/memory.h"

#include <stdlib.h>
#include <string.h>

#define READ_SIZE ((size_t)64 * 1024)

void lines_init(struct lines *lines, size_t limit)
{
    *lines = (struct lines){.limit = limit};
    lines->size = limit + 1 + READ_SIZE;
    lines->bytes = memory_resize(NULL, lines->size);
}

char *lines_room(struct lines *lines, size_t *room)
{
    if (lines->start > 0) {
        memmove(lines->bytes, lines->bytes + lines->start, lines->end - lines->start);
        lines->end -= lines->start;
        lines->start = 0;
    }
    *room = lines->size - lines->end;
    return lines->bytes + lines->end;
}

void lines_added(struct lines *lines, size_t length)
{
    lines->end += length;
}

/* The part of a line that is too long has gone by: what is left of it follows. */
static enum lines_found skip_all(struct lines *lines)
{
    bool was_skipping = lines->is_skipping;
    lines->start = lines->end = 0;
    lines->is_skipping = true;
    if (was_skipping)
        return LINES_NONE;
    lines->number++;
    return LINES_TOO_LONG;
}

enum lines_found lines_next(struct lines *lines, char **line, size_t *length)
{
    for (;;) {
        char *start = lines->bytes + lines->start;
        size_t left = lines->end - lines->start;
        char *end = left == 0 ? NULL : memchr(start, '\n', left);
        if (end == NULL)
            return left > lines->limit ? skip_all(lines) : LINES_NONE;
        lines->start += (size_t)(end - start) + 1;
        if (lines->is_skipping) {
            lines->is_skipping = false; /* the end of a line that was reported already */
            continue;
        }
        lines->number++;
        if ((size_t)(end - start) > lines->limit)
            return LINES_TOO_LONG;
        *end = '\0';
        *line = start;
        *length = (size_t)(end - start);
        return LINES_ONE;
    }
}

void lines_end(struct lines *lines)
{
    size_t room = 0;
    char *place = lines_room(lines, &room);
    if (lines->end > 0 && place[-1] != '\n' && room > 0) {
        *place = '\n';
        lines->end++;
    }
}

bool lines_has_next(const struct lines *lines)
{
    size_t left = lines->end - lines->start;
    return left > lines->limit ||
           (left > 0 && memchr(lines->bytes + lines->start, '\n', left) != NULL);
}

void lines_fini(struct lines *lines)
{
    free(lines->bytes);
    lines->bytes = NULL;
}
