/* Cuts a stream of bytes into lines of bounded length. */
#ifndef SSHEXEC_LINES_H
#define SSHEXEC_LINES_H

#include <stdbool.h>
#include <stddef.h>

struct lines {
    char *bytes; /* owned */
    size_t start, end, size;
    size_t limit;         /* bytes a line may have, without its end */
    bool is_skipping;     /* in a line that was too long */
    unsigned long number; /* of the line that was returned last, from 1 */
};

enum lines_found {
    LINES_NONE,     /* no whole line is here yet */
    LINES_ONE,      /* *line holds one, ended by NUL, valid until the next call */
    LINES_TOO_LONG, /* one was longer than the limit, and is left out */
};

void lines_init(struct lines *lines, size_t limit);

/* A place for up to *room bytes that come in; lines_added() tells how many did. */
char *lines_room(struct lines *lines, size_t *room);
void lines_added(struct lines *lines, size_t length);

enum lines_found lines_next(struct lines *lines, char **line, size_t *length);

/* No more will come: what is left without an end is a line, too. */
void lines_end(struct lines *lines);

/* Is there a whole line, or one that is too long? */
bool lines_has_next(const struct lines *lines);

void lines_fini(struct lines *lines);

#endif
